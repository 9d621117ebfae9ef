import { migrateConsumerTables, migratePostgresEventBus, pgInTransaction, PostgresCheckpoints } from '@cairn/event-bus';
import { migratePostgresEventStore } from '@cairn/event-store';
import pg from 'pg';

import { readModelTables } from '../model/read-model.js';
import { defaultGroup, relaySchema, seenSchema, storeSchema } from './settings.js';

/**
 * Notes each checkpoint of a consumer that goes back, past all code of the consumer. What is restored on purpose is
 * copied in while triggers are off.
 */
const watch = (schema: string): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${schema}.went_back (n bigserial, was text, became text)`,
  `CREATE OR REPLACE FUNCTION ${schema}.note_going_back() RETURNS trigger LANGUAGE plpgsql AS $body$
   BEGIN
     INSERT INTO ${schema}.went_back (was, became) VALUES (to_json(OLD)::text, to_json(NEW)::text);
     RETURN NEW;
   END $body$`,
  `CREATE OR REPLACE TRIGGER going_back BEFORE UPDATE ON ${schema}.consumer_checkpoint FOR EACH ROW
   WHEN (NEW.last_offset < OLD.last_offset OR NEW.fence < OLD.fence) EXECUTE FUNCTION ${schema}.note_going_back()`,
];

/** Makes the tables of a consumer group: its checkpoints, inbox and parked messages, and its read model. */
export const layOutReader = async (url: string, schema = defaultGroup): Promise<void> => {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    for (const statement of readModelTables(schema)) await pool.query(statement);
    await migrateConsumerTables(pgInTransaction(pool), schema);
    for (const statement of watch(schema)) await pool.query(statement);
  } finally {
    await pool.end();
  }
};

/** Makes all that the system under test needs in an empty database. */
export const layOut = async (url: string, busUrl: string | undefined): Promise<void> => {
  await migratePostgresEventStore({ ownerConnection: url, schema: storeSchema });
  if (busUrl !== undefined) await migratePostgresEventBus({ connection: { connectionString: busUrl }, serviceRoles: [] });
  await layOutReader(url);
  const pool = new pg.Pool({ connectionString: url, max: 1, options: `-c search_path=${seenSchema}` });
  try {
    await pool.query(`CREATE SCHEMA ${relaySchema}`);
    await new PostgresCheckpoints(pgInTransaction(pool), relaySchema).migrate();
    // Where a service finds room for the generations of its read models.
    for (const schema of [`${seenSchema}_next`, `${seenSchema}_previous`]) await pool.query(`CREATE SCHEMA ${schema}`);
    for (const statement of readModelTables(seenSchema)) await pool.query(statement);
  } finally {
    await pool.end();
  }
};
