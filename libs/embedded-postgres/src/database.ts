import pg from 'pg';

/** What PostgreSQL says when somebody else was faster to make the database. */
const madeMeanwhile = new Set(['42P04', '23505']);

/** Makes the database unless it exists. */
export const createDatabase = async (serverUrl: string, name: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000, statement_timeout: 30_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!madeMeanwhile.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await client.end();
  }
};
