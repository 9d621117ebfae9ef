import { randomUUID } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { aStream, someEvents } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { migratePostgresEventStore } from './migrate.js';
import { openPostgresEventStore } from './postgres-event-store.js';

const records = new PostgresRecords();

describe('the migration of an event store', () => {
  test('run again keeps the record', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const { events } = await store.append(aStream(scope), 'no-stream', someEvents(3));

    await migratePostgresEventStore({ ownerConnection: url, schema });

    expect((await store.readAll()).events).toEqual(events);
  });

  test('run from many processes at once makes the tables once', async () => {
    const migrations = Array.from({ length: 8 }, () =>
      migratePostgresEventStore({ ownerConnection: { connectionString: records.url }, schema: 'raced_store' }),
    );
    await Promise.all(migrations);

    expect(await records.sql('SELECT version FROM raced_store.es_schema')).toEqual([{ version: 3 }]);
    expect(await records.sql('SELECT pos FROM raced_store.es_head')).toEqual([{ pos: '0' }]);
  });

  test('brings a schema of version 1 up, with the record that is in it, and names it once', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const { events } = await store.append(aStream(scope), 'no-stream', someEvents(3));
    // Back to what version 1 left behind.
    await records.sql(`DROP TABLE ${schema}.es_store, ${schema}.es_moved`);
    await records.sql(`UPDATE ${schema}.es_schema SET version = 1`);

    await migratePostgresEventStore({ ownerConnection: url, schema });
    const id = await store.storeId();
    await migratePostgresEventStore({ ownerConnection: url, schema });

    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await open().storeId()).toBe(id);
    expect((await store.readAll()).events).toEqual(events);
  });

  test('leaves a schema alone that is newer than the code', async () => {
    const { schema, url } = await records.create();
    await records.sql(`UPDATE ${schema}.es_schema SET version = 99`);

    await expect(migratePostgresEventStore({ ownerConnection: url, schema })).rejects.toThrow('schema version 99');
    expect(await records.sql(`SELECT version FROM ${schema}.es_schema`)).toEqual([{ version: 99 }]);
  });

  test('that fails leaves nothing behind', async () => {
    const migration = migratePostgresEventStore({
      ownerConnection: records.url,
      schema: 'half_store',
      serviceRole: 'role_that_does_not_exist',
    });

    await expect(migration).rejects.toMatchObject({ code: '42704' });
    expect(await records.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'half_store'")).toEqual([]);
  });

  test('does not keep its locks for ever when its process stands still', async () => {
    const setting = `current_setting('idle_in_transaction_session_timeout')`;
    await records.sql('CREATE TABLE public.seen (setting text)');
    await records.sql(`CREATE FUNCTION public.see() RETURNS event_trigger LANGUAGE plpgsql AS
      $body$ BEGIN INSERT INTO public.seen SELECT ${setting}; END $body$`);
    await records.sql('CREATE EVENT TRIGGER see ON ddl_command_end EXECUTE FUNCTION public.see()');
    try {
      await migratePostgresEventStore({ ownerConnection: records.url, schema: 'seen_store' });
    } finally {
      await records.sql('DROP EVENT TRIGGER see');
    }
    expect(await records.sql('SELECT DISTINCT setting FROM public.seen')).toEqual([{ setting: '1min' }]);
  });

  test.each(['', 'Upper', 'a"b', 'a-b', 'x; DROP SCHEMA public', '1st', 'x'.repeat(64)])(
    'refuses the schema name %j',
    async (schema) => {
      await expect(migratePostgresEventStore({ ownerConnection: records.url, schema })).rejects.toThrow('identifier');
      expect(() => openPostgresEventStore({ scope, schema, clock: { now: () => '' } })).toThrow('identifier');
    },
  );

  test('refuses a database that does not store UTF-8', async () => {
    // Databases belong to the server, which the specs of all workers share.
    const name = `latin_${randomUUID().replaceAll('-', '')}`;
    await records.sql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    const url = Object.assign(new URL(records.url), { pathname: `/${name}` }).toString();
    try {
      await expect(migratePostgresEventStore({ ownerConnection: url, schema: 'some_store' })).rejects.toThrow('LATIN1');
    } finally {
      await records.sql(`DROP DATABASE ${name}`);
    }
  });
});
