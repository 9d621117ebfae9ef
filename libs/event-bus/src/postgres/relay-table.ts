import { quoteIdentifier } from '../quote-identifier.js';
import type { InTransaction } from '../sql-session.js';

/** What stands in place of the ids of a record and a log in rows from before these had names. */
export const unnamed = '';

/**
 * Lays out the checkpoints and turns of relays, and the name of who publishes, one for the schema. A table of an older version, which had one row per name, gets the new
 * key. Copies of the service that still run in that version take no turn and keep no checkpoint any more.
 */
export const migrateRelayTable = (inTransaction: InTransaction, schemaName: string): Promise<void> => {
  const table = `${quoteIdentifier(schemaName)}.relay_checkpoint`;
  return inTransaction(async (session) => {
    await session.query(`SELECT pg_advisory_xact_lock(hashtextextended('cairn relay ' || $1, 0))`, [schemaName]);
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${table} (
         name text NOT NULL,
         store_id text NOT NULL,
         log_id text NOT NULL,
         position text,
         holder uuid,
         turn_ends_at timestamptz,
         changed_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (name, store_id, log_id)
       ) WITH (fillfactor = 50)`,
    );
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${quoteIdentifier(schemaName)}.relay_publisher (
         id uuid NOT NULL DEFAULT gen_random_uuid(),
         only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one)
       )`,
    );
    await session.query(
      `INSERT INTO ${quoteIdentifier(schemaName)}.relay_publisher DEFAULT VALUES ON CONFLICT DO NOTHING`,
    );
    const named = await session.query(
      `SELECT 1 AS named FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'log_id' AND NOT attisdropped`,
      [table],
    );
    if (named.length > 0) return;
    await session.query(
      `ALTER TABLE ${table}
         ADD COLUMN store_id text NOT NULL DEFAULT '${unnamed}', ADD COLUMN log_id text NOT NULL DEFAULT '${unnamed}',
         DROP CONSTRAINT relay_checkpoint_pkey, ADD PRIMARY KEY (name, store_id, log_id)`,
    );
    await session.query(
      `ALTER TABLE ${table} ALTER COLUMN store_id DROP DEFAULT, ALTER COLUMN log_id DROP DEFAULT`,
    );
  });
};
