import pg from 'pg';

import { appendRights } from './append-rights.js';
import { schemaVersion1 } from './schema-v1.js';
import { schemaVersion2 } from './schema-v2.js';
import { schemaVersion3 } from './schema-v3.js';
import { quotedName } from './schema-name.js';

export interface MigratePostgresEventStoreOptions {
  /** Connects as the role that shall own the tables: a connection string, or what `pg` takes. */
  readonly ownerConnection: string | pg.ClientConfig;
  readonly schema: string;
  /**
   * The role under which the service appends and reads, which must exist. It can neither change nor remove events.
   * Without one only the owner uses the store, and the trigger alone guards it.
   */
  readonly serviceRole?: string;
}

/** Version n of the schema is made by the n-th list. A list that was released is never edited; a new one is added. */
const versions: readonly ((schema: string) => readonly string[])[] = [schemaVersion1, schemaVersion2, schemaVersion3];

/**
 * Brings the schema of an event store to the newest version and grants the service role what it needs. Safe to run
 * at each start and from several processes at once.
 * @throws Error when the schema is newer than this code, or the database does not store UTF-8.
 */
export const migratePostgresEventStore = async (options: MigratePostgresEventStoreOptions): Promise<void> => {
  const { ownerConnection } = options;
  const config = typeof ownerConnection === 'string' ? { connectionString: ownerConnection } : ownerConnection;
  const client = new pg.Client({
    connectionTimeoutMillis: 10_000,
    // A process that stands still in the midst of it gives the lock back, for which the others wait.
    idle_in_transaction_session_timeout: 60_000,
    ...config,
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    await migrate(client, options);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
};

const migrate = async (client: pg.Client, options: MigratePostgresEventStoreOptions): Promise<void> => {
  const schema = quotedName(options.schema);
  await assertUtf8(client);
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`event store ${options.schema}`]);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.es_schema (
    one int PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    version int NOT NULL
  )`);
  const found = await client.query<{ version: number }>(`SELECT version FROM ${schema}.es_schema`);
  const current = found.rows[0]?.version ?? 0;
  if (current > versions.length) {
    throw new Error(`Event store ${options.schema} has schema version ${current}, this code knows ${versions.length}`);
  }
  for (const statement of versions.slice(current).flatMap((version) => version(schema))) await client.query(statement);
  await client.query(
    `INSERT INTO ${schema}.es_schema (version) VALUES ($1) ON CONFLICT (one) DO UPDATE SET version = excluded.version`,
    [versions.length],
  );
  const left = await client.query(`SELECT 1 FROM ${schema}.es_moved`);
  for (const statement of grants(schema, options.serviceRole, left.rowCount === 0)) await client.query(statement);
};

/** Stream names and data of any script must come back as they went in. */
const assertUtf8 = async (client: pg.Client): Promise<void> => {
  const answer = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = answer.rows[0]?.server_encoding;
  if (encoding !== 'UTF8') throw new Error(`The event store needs a database in UTF8, this one is in ${encoding}`);
};

/** Set anew each time, so that a right that somebody added by hand goes away again. */
const grants = (schema: string, serviceRole: string | undefined, isOpen: boolean): readonly string[] => {
  const function_ = `FUNCTION ${schema}.es_append`;
  const closed = [`REVOKE ALL ON ${function_} FROM PUBLIC`, `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM PUBLIC`];
  if (serviceRole === undefined) return closed;
  const role = quotedName(serviceRole);
  return [
    ...closed,
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${role}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    `REVOKE ALL ON ${function_} FROM ${role}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
    ...(isOpen ? appendRights(schema).map((right) => `GRANT ${right} TO ${role}`) : []),
  ];
};
