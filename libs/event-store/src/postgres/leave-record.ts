import pg from 'pg';

import { CopyRefusedError } from '../copy/copy-store.js';
import { beforeTheFirst } from '../decimal-position.js';
import type { Position } from '../event.js';
import { appendRights } from './append-rights.js';
import { quotedName } from './schema-name.js';

export interface LeaveRecordOptions {
  /** Connects as the role that owns the tables. */
  readonly ownerConnection: string;
  readonly schema: string;
  /** The role under which the service appends. */
  readonly serviceRole: string;
  /** The last event that the copy has; undefined: the record is empty. */
  readonly upTo: Position | undefined;
  /** Where the record goes on, in words and without a password. */
  readonly destination: string;
}

/** As migrations take it: none of them gives rights back that are taken here, having looked before. */
const migrationLock = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';

const deadlines = { connectionTimeoutMillis: 5_000, statement_timeout: 20_000, query_timeout: 20_500 };

const asOwner = async <Result>(connectionString: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> => {
  const client = new pg.Client({ connectionString, ...deadlines });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/**
 * Closes a record that was copied to another engine: from here on its service cannot append to it, whoever starts it and
 * however, since two records that both go on could never be made one again. Appends that are on their way are waited for.
 * @throws CopyRefusedError when the record goes on behind the copy; nothing is closed then
 */
export const leavePostgresRecord = (options: LeaveRecordOptions): Promise<void> =>
  asOwner(options.ownerConnection, async (client) => {
    const schema = quotedName(options.schema);
    await client.query('BEGIN');
    await client.query(migrationLock, [`event store ${options.schema}`]);
    // Whoever waits for this lock finds the right gone that it needs; at the row alone, it would have been asked for before.
    await client.query(`LOCK TABLE ${schema}.es_head IN ACCESS EXCLUSIVE MODE`);
    const { rows } = await client.query<{ pos: string }>(`SELECT pos FROM ${schema}.es_head`);
    const copied = options.upTo ?? beforeTheFirst;
    if (rows[0]?.pos !== copied) {
      throw new CopyRefusedError(`The record goes on at ${rows[0]?.pos}, and the copy ends at ${copied}; stop all services and repeat`);
    }
    await client.query(
      `INSERT INTO ${schema}.es_moved (destination) VALUES ($1) ON CONFLICT (one) DO UPDATE SET destination = excluded.destination`,
      [options.destination],
    );
    for (const right of appendRights(schema)) await client.query(`REVOKE ${right} FROM ${quotedName(options.serviceRole)}`);
    await client.query('COMMIT');
  });

/** Where a record that was left goes on, in the words that it was left with; undefined: here. */
export const destinationOfPostgresRecord = (ownerConnection: string, schema: string): Promise<string | undefined> =>
  asOwner(ownerConnection, async (client) => {
    const { rows } = await client.query<{ destination: string }>(`SELECT destination FROM ${quotedName(schema)}.es_moved`);
    return rows[0]?.destination;
  });

/**
 * Takes back that the record was left. The right to append comes with the next migration. What was recorded in the other
 * engine since then is not here.
 */
export const returnToPostgresRecord = (ownerConnection: string, schema: string): Promise<void> =>
  asOwner(ownerConnection, async (client) => {
    await client.query('BEGIN');
    await client.query(migrationLock, [`event store ${schema}`]);
    await client.query(`DELETE FROM ${quotedName(schema)}.es_moved`);
    await client.query('COMMIT');
  });
