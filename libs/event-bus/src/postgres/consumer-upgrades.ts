import { quoteIdentifier } from '../quote-identifier.js';
import type { SqlSession } from '../sql-session.js';

/**
 * What the tables of a consumer from before logs had names need beside the new tables. Copies of the service that still
 * run in the older version keep nothing any more from then on: their statements name a key that is gone, fail as a
 * whole, and are tried again by the version that follows. So none of them parks past the keys that are filled in here.
 */
export const consumerUpgrades = async (session: SqlSession, schemaName: string): Promise<readonly string[]> => {
  const schema = quoteIdentifier(schemaName);
  // Looked up first: an ALTER that changes nothing would still wait for, and hold up, all who are at work.
  const [table] = await session.query<{ named: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM pg_attribute WHERE attrelid = t.name AND attname = 'log_id' AND NOT attisdropped) AS named
     FROM (SELECT to_regclass($1) AS name) t WHERE t.name IS NOT NULL`,
    [`${schema}.consumer_checkpoint`],
  );
  if (table === undefined || table.named) return [];
  return [
    `ALTER TABLE ${schema}.consumer_checkpoint
       ADD COLUMN log_id text NOT NULL DEFAULT '',
       DROP CONSTRAINT consumer_checkpoint_pkey,
       ADD PRIMARY KEY (group_name, log_id, topic, partition)`,
    `ALTER TABLE ${schema}.consumer_checkpoint ALTER COLUMN log_id DROP DEFAULT`,
    `INSERT INTO ${schema}.parked_key (group_name, topic, key)
       SELECT DISTINCT group_name, topic, key FROM ${schema}.parked_message ON CONFLICT DO NOTHING`,
    `DROP INDEX IF EXISTS ${schema}.parked_message_key`,
  ];
};

/** What a table of parked messages lacks that was made before they were replayed in the order of their source. */
export const parkedUpgrades = async (
  session: SqlSession,
  schemaName: string,
  columns: readonly string[],
): Promise<readonly string[]> => {
  const table = `${quoteIdentifier(schemaName)}.parked_message`;
  const [found] = await session.query<{ ordered: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM pg_attribute WHERE attrelid = t.name AND attname = 'source_position' AND NOT attisdropped) AS ordered
     FROM (SELECT to_regclass($1) AS name) t WHERE t.name IS NOT NULL`,
    [table],
  );
  if (found === undefined || found.ordered) return [];
  return [`ALTER TABLE ${table} ${columns.map((column) => `ADD COLUMN ${column}`).join(', ')}`];
};
