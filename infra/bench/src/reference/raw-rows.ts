import { randomBytes } from 'node:crypto';

import type { NewEvent } from '@cairn/event-store';
import pg from 'pg';

/** What somebody would lay out by hand: the columns of an event, a number as its key, nothing else. */
export const rawTable = `CREATE TABLE raw_event (
  pos bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream_id text NOT NULL,
  version bigint NOT NULL,
  event_id uuid NOT NULL,
  type text NOT NULL,
  schema_version smallint NOT NULL,
  data json NOT NULL,
  meta json NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  hash bytea NOT NULL
)`;

export const rawConnections = 16;

/** A pool of the reference, with its table made. */
export const openRaw = async (url: string, ddl: string = rawTable): Promise<pg.Pool> => {
  const pool = new pg.Pool({ connectionString: url, max: rawConnections });
  await pool.query(ddl);
  return pool;
};

/** One row in a transaction of its own, by a prepared statement. The hash is any 32 bytes: nobody computes one here. */
export const insertRaw = async (pool: pg.Pool, stream: string, version: number, event: NewEvent): Promise<void> => {
  await pool.query({
    name: 'raw_insert',
    text: `INSERT INTO raw_event (stream_id, version, event_id, type, schema_version, data, meta, occurred_at, recorded_at, hash)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      stream,
      version,
      event.id,
      event.type,
      event.schemaVersion,
      JSON.stringify(event.data),
      JSON.stringify({ actor: event.actor, correlationId: event.correlationId, district: event.district }),
      event.occurredAt,
      new Date().toISOString(),
      rawHash,
    ],
  });
};

const rawHash = randomBytes(32);
