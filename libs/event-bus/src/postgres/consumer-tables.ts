import { quoteIdentifier } from '../quote-identifier.js';
import type { InTransaction } from '../sql-session.js';

/**
 * The statements that lay out what a consumer keeps, in the schema of its service and run by the service's role:
 * checkpoint and progress per partition, the inbox (each message id that was taken in), and the parked messages.
 */
export const consumerTables = (schemaName: string): readonly string[] => {
  const schema = quoteIdentifier(schemaName);
  return [
    `CREATE TABLE IF NOT EXISTS ${schema}.consumer_checkpoint (
       group_name text NOT NULL,
       topic text NOT NULL,
       partition integer NOT NULL,
       last_offset bigint NOT NULL,
       fence bigint NOT NULL,
       changed_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (group_name, topic, partition)
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE IF NOT EXISTS ${schema}.consumer_progress (
       group_name text NOT NULL,
       topic text NOT NULL,
       partition integer NOT NULL,
       scope text NOT NULL,
       source_position text NOT NULL,
       PRIMARY KEY (group_name, topic, partition, scope)
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE IF NOT EXISTS ${schema}.consumer_inbox (
       group_name text NOT NULL,
       message_id text NOT NULL,
       PRIMARY KEY (group_name, message_id)
     )`,
    `CREATE TABLE IF NOT EXISTS ${schema}.parked_message (
       sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       group_name text NOT NULL,
       topic text NOT NULL,
       key text NOT NULL,
       message_id text NOT NULL,
       reason text NOT NULL,
       attempts integer NOT NULL,
       parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
       message json NOT NULL,
       UNIQUE (group_name, message_id)
     )`,
    `CREATE INDEX IF NOT EXISTS parked_message_key ON ${schema}.parked_message (group_name, topic, key)`,
  ];
};

/** Creates the tables of `consumerTables` where they do not exist; several processes may do so at once. */
export const migrateConsumerTables = (inTransaction: InTransaction, schema: string): Promise<void> =>
  inTransaction(async (session) => {
    await session.query(`SELECT pg_advisory_xact_lock(hashtextextended('cairn consumer ' || $1, 0))`, [schema]);
    for (const statement of consumerTables(schema)) await session.query(statement);
  });
