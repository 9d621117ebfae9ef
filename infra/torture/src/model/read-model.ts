import type { SqlSession } from '@cairn/event-bus';

import type { TallyRow } from './tally-model.js';

/** An event as a read model hears of it. */
export interface Heard {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly weight: number;
  readonly schemaVersion: number;
  readonly poison?: boolean;
}

export interface TakeOptions {
  /** Refuses what does not follow the last version of its stream; without it only the engine keeps the order. */
  readonly strict?: boolean;
  /** Newest schema version that it understands; default 1. */
  readonly schemaVersionMax?: number;
  /** Whether the bug that poison meets is mended. */
  readonly mended?: boolean;
}

/** The tally of each stream, and a row for each effect, so that a doubled one can be counted. */
export const tallyDdl = `
  CREATE TABLE tally (stream text COLLATE "C" PRIMARY KEY, version integer NOT NULL, total bigint NOT NULL, digest text NOT NULL);
  CREATE TABLE effect (n bigserial PRIMARY KEY, id text NOT NULL, stream text NOT NULL, version integer NOT NULL)`;

/** Makes the tables in a schema of their own. */
export const readModelTables = (schema: string): readonly string[] => [
  `CREATE SCHEMA ${schema}`,
  ...tallyDdl.split(';').map((table) => table.replace('CREATE TABLE ', `CREATE TABLE ${schema}.`)),
];

const take = (place: string, strict: boolean): string => `
  WITH moved AS (
    INSERT INTO ${place}tally AS t (stream, version, total, digest)
    SELECT $1::text, $2::integer, $3::bigint, encode(sha256(convert_to($4::text, 'UTF8')), 'hex')
    WHERE ${strict ? `$2::integer = coalesce((SELECT o.version FROM ${place}tally o WHERE o.stream = $1), 0) + 1` : 'true'}
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, total = t.total + excluded.total,
      digest = encode(sha256(convert_to(t.digest || $4::text, 'UTF8')), 'hex')
    RETURNING t.stream
  )
  INSERT INTO ${place}effect (id, stream, version) SELECT $5, $1, $2 FROM moved RETURNING 1`;

/**
 * Takes events in, in the transaction of the session.
 * @param schema where the tables stand; empty: where the session looks first
 * @throws Error for what it cannot take
 */
export const takeIn = async (
  session: SqlSession,
  schema: string,
  events: readonly Heard[],
  { strict = false, schemaVersionMax = 1, mended = false }: TakeOptions = {},
): Promise<void> => {
  const sql = take(schema === '' ? '' : `${schema}.`, strict);
  for (const { id, stream, version, weight, schemaVersion, poison } of events) {
    if (schemaVersion > schemaVersionMax) throw new Error(`Schema version ${schemaVersion} is not known here`);
    if (poison === true && !mended) throw new Error(`The bug: ${id} cannot be taken in`);
    const rows = await session.query(sql, [stream, version, weight, `${id}:${weight}`, id]);
    if (rows.length === 0) throw new Error(`Version ${version} of ${stream} does not follow what was taken in`);
  }
};

/** The read model as it stands. */
export const readTally = async (session: SqlSession, schema: string): Promise<readonly TallyRow[]> => {
  const rows = await session.query<TallyRow & { total: string }>(
    `SELECT stream, version, total::text AS total, digest FROM ${schema}.tally ORDER BY stream`,
  );
  return rows.map((row) => ({ ...row, total: Number(row.total) }));
};
