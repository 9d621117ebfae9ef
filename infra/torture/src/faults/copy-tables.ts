import type { SqlSession } from '@cairn/event-bus';
import pg from 'pg';

import { storeSchema } from '../system/settings.js';

/** Copies every table of a schema to another one, as a backup would bring it back: what stood there before is gone. */
export const copySchema = async (session: SqlSession, from: string, to: string): Promise<void> => {
  // Columns that the server computes are computed there, too.
  const tables = await session.query<{ name: string; columns: string }>(
    `SELECT t.tablename AS name, string_agg(quote_ident(c.column_name), ', ' ORDER BY c.ordinal_position) AS columns
     FROM pg_tables t JOIN information_schema.columns c ON c.table_schema = t.schemaname AND c.table_name = t.tablename
     WHERE t.schemaname = $1 AND t.tablename <> 'went_back' AND c.is_generated = 'NEVER' GROUP BY t.tablename`,
    [from],
  );
  const copies = tables.map(
    ({ name, columns }) => `
    CREATE TABLE IF NOT EXISTS ${to}.${name} (LIKE ${from}.${name} INCLUDING ALL);
    TRUNCATE ${to}.${name};
    INSERT INTO ${to}.${name} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ${from}.${name};`,
  );
  // At one moment, as every backup worth the name is: consumers may go on while it is taken.
  await session.query(
    `BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE SCHEMA IF NOT EXISTS ${to}; ${copies.join('')} COMMIT`,
  );
};

/** Every row of a record as text, out of one server and into the tables that were just made on another. */
export const copyRecord = async (fromUrl: string, toUrl: string): Promise<void> => {
  const [from, to] = [new pg.Client({ connectionString: fromUrl }), new pg.Client({ connectionString: toUrl })];
  await Promise.all([from.connect(), to.connect()]);
  try {
    for (const table of ['es_stream', 'es_event']) {
      const { rows } = await from.query<{ row: string }>(`SELECT to_json(t)::text AS row FROM ${storeSchema}.${table} t`);
      const all = `[${rows.map(({ row }) => row).join(',')}]`;
      const place = `${storeSchema}.${table}`;
      await to.query(`INSERT INTO ${place} SELECT * FROM json_populate_recordset(NULL::${place}, $1::json)`, [all]);
    }
    const { rows } = await from.query<{ pos: string }>(`SELECT pos FROM ${storeSchema}.es_head`);
    await to.query(`UPDATE ${storeSchema}.es_head SET pos = $1`, [rows[0]?.pos]);
  } finally {
    await Promise.all([from.end(), to.end()]);
  }
};
