import { quoteIdentifier } from '../quote-identifier.js';
import type { InTransaction } from '../sql-session.js';
import { consumerFunctions } from './consumer-functions.js';
import { consumerUpgrades, parkedUpgrades } from './consumer-upgrades.js';

/** The log of rows from before logs had names: the one that PostgreSQL carries. */
export const unnamedLog = '';

/**
 * Columns of `parked_message`: where the event of a message stands, in the order of its source. Null for what stands in
 * no store, or in one whose positions are no decimal numbers.
 */
export const parkedPlace: readonly string[] = [
  `source_scope text GENERATED ALWAYS AS (message ->> 'scope') STORED`,
  `source_position numeric GENERATED ALWAYS AS (
     CASE WHEN message ->> 'sourcePosition' ~ '^0*[1-9][0-9]{0,19}$' THEN (message ->> 'sourcePosition')::numeric END) STORED`,
];

/**
 * The statements that lay out what a consumer keeps, in the schema of its service and run by the service's role: the
 * checkpoint per partition of a log, progress per partition, the inbox (each message id that was taken in), the keys
 * that are parked with their messages, and the messages that were dropped. `migrateConsumerTables` adds the functions.
 */
export const consumerTables = (schemaName: string): readonly string[] => {
  const schema = quoteIdentifier(schemaName);
  return [
    `CREATE TABLE IF NOT EXISTS ${schema}.consumer_checkpoint (
       group_name text NOT NULL,
       log_id text NOT NULL,
       topic text NOT NULL,
       partition integer NOT NULL,
       last_offset bigint NOT NULL,
       fence bigint NOT NULL,
       changed_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (group_name, log_id, topic, partition)
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
    // A row per key that has parked messages: its lock is what a live consumer and a replay of the key take turns at.
    `CREATE TABLE IF NOT EXISTS ${schema}.parked_key (
       group_name text NOT NULL,
       topic text NOT NULL,
       key text NOT NULL,
       PRIMARY KEY (group_name, topic, key)
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
       ${parkedPlace.join(', ')},
       UNIQUE (group_name, message_id)
     )`,
    `CREATE INDEX IF NOT EXISTS parked_message_of_key ON ${schema}.parked_message (group_name, topic, key, sequence)`,
    `CREATE INDEX IF NOT EXISTS parked_message_by_source
       ON ${schema}.parked_message (group_name, topic, key, source_scope, source_position, sequence)`,
    `CREATE TABLE IF NOT EXISTS ${schema}.dropped_message (
       group_name text NOT NULL,
       message_id text NOT NULL,
       sequence bigint NOT NULL,
       topic text NOT NULL,
       key text NOT NULL,
       reason text NOT NULL,
       attempts integer NOT NULL,
       parked_at timestamptz NOT NULL,
       message json NOT NULL,
       dropped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
       dropped_by text NOT NULL,
       dropped_reason text NOT NULL,
       PRIMARY KEY (group_name, message_id)
     )`,
  ];
};

/**
 * Creates the tables of `consumerTables` where they do not exist, brings those of an older version up to date, and lays
 * out the functions;
 * several processes may do so at once.
 */
export const migrateConsumerTables = (inTransaction: InTransaction, schema: string): Promise<void> =>
  inTransaction(async (session) => {
    await session.query(`SELECT pg_advisory_xact_lock(hashtextextended('cairn consumer ' || $1, 0))`, [schema]);
    const upgrades = await consumerUpgrades(session, schema);
    for (const statement of await parkedUpgrades(session, schema, parkedPlace)) await session.query(statement);
    for (const statement of consumerTables(schema)) await session.query(statement);
    for (const statement of upgrades) await session.query(statement);
    await session.query(consumerFunctions(schema));
  });
