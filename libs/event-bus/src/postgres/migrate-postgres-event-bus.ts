import pg from 'pg';
import { busFunctions } from './bus-functions.js';
import { busGrants, busTables } from './bus-tables.js';

export interface MigratePostgresEventBusOptions {
  /** Connects as the owner of the database; the tables become its own. */
  readonly connection: pg.ClientConfig;
  /** Default `bus`. */
  readonly schema?: string;
  /** Roles that publish and consume; they exist already. */
  readonly serviceRoles: readonly string[];
}

/** Lays out the tables, functions and grants of the bus, in one transaction. Run again, it changes nothing. */
export const migratePostgresEventBus = async (options: MigratePostgresEventBusOptions): Promise<void> => {
  const schema = options.schema ?? 'bus';
  const client = new pg.Client({ connectionTimeoutMillis: 5_000, statement_timeout: 60_000, ...options.connection });
  // Without a listener a connection that breaks between two statements would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    // Services that start at once all migrate: one after the other.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('cairn event bus ' || $1, 0))`, [schema]);
    await client.query(busTables(schema));
    await client.query(busFunctions(schema));
    for (const role of options.serviceRoles) await client.query(busGrants(schema, role));
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
};
