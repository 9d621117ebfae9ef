import pg from 'pg';

/** The services that have connections to a database, by the names that they give them, from whatever machine. */
const connectedServices = async (databaseUrl: string): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT DISTINCT application_name AS name FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'cairn-%' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
};

/** @throws Error that names the services which work on the database, wherever they run */
export const requireStopped = async (databaseUrl: string): Promise<void> => {
  const connected = await connectedServices(databaseUrl);
  if (connected.length === 0) return;
  const are = connected.length === 1 ? 'is' : 'are';
  throw new Error(`${connected.join(', ')} ${are} connected to this database. Stop every service that works on it, wherever it runs, and repeat.`);
};
