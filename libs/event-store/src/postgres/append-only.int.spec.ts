import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { aStream, someEvents } from '../testing/index.js';
import type { PostgresRecord } from '../testing/postgres-records.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { migratePostgresEventStore } from './migrate.js';

const records = new PostgresRecords();

const changes = (schema: string): readonly (readonly [string, string])[] => [
  ['UPDATE', `UPDATE ${schema}.es_event SET type = 'SomethingElse'`],
  ['UPDATE of no row', `UPDATE ${schema}.es_event SET type = 'SomethingElse' WHERE false`],
  ['DELETE', `DELETE FROM ${schema}.es_event`],
  ['TRUNCATE', `TRUNCATE ${schema}.es_event`],
  ['ON CONFLICT DO UPDATE', `INSERT INTO ${schema}.es_event SELECT * FROM ${schema}.es_event
    ON CONFLICT (stream_id, version) DO UPDATE SET type = 'SomethingElse'`],
  ['MERGE', `MERGE INTO ${schema}.es_event e USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE`],
];

describe('the table of events', () => {
  test.each([
    ['of an empty store', 0],
    ['of a store with events', 3],
  ])('%s refuses every change, even to its owner', async (_, count) => {
    const { schema, open } = await records.create();
    const store = open();
    if (count > 0) await store.append(aStream(scope), 'no-stream', someEvents(count));

    for (const [change, text] of changes(schema)) {
      const refused = await records.sql(text).then(
        () => `${change} went through`,
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({ code: '23001' });
    }

    expect((await store.readAll()).events).toHaveLength(count);
  });
});

describe('the role of a service', () => {
  const role = `cairn_test_${randomUUID().replaceAll('-', '')}`;
  let record: PostgresRecord;
  let serviceUrl: string;
  let asService: pg.Client;

  beforeAll(async () => {
    await records.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    record = await records.create(role);
    serviceUrl = Object.assign(new URL(record.url), { username: role, password: 'secret' }).toString();
    asService = new pg.Client({ connectionString: serviceUrl });
    await asService.connect();
  });
  afterAll(async () => {
    await asService.end();
    await records.sql(`DROP OWNED BY ${role}`);
    await records.sql(`DROP ROLE ${role}`);
  });

  test('appends, reads and subscribes', async () => {
    const store = record.open({ connectionString: serviceUrl });
    const stream = aStream(scope);
    const first = await store.append(stream, 'no-stream', someEvents(2));
    const second = await store.append(stream, 2, someEvents(1));

    expect(await store.readStream(stream)).toEqual([...first.events, ...second.events]);
    expect(await store.append(stream, 2, second.events)).toEqual(second);
    expect(await store.storeId()).toBe(await record.open().storeId());
    await store.close();
  });

  test.each([
    ['change events', (schema: string) => `UPDATE ${schema}.es_event SET type = 'x'`],
    ['remove events', (schema: string) => `DELETE FROM ${schema}.es_event`],
    ['empty the table of events', (schema: string) => `TRUNCATE ${schema}.es_event`],
    ['take the guard away', (schema: string) => `DROP TRIGGER es_event_append_only ON ${schema}.es_event`],
    ['turn the guard off', (schema: string) => `ALTER TABLE ${schema}.es_event DISABLE TRIGGER ALL`],
    ['drop the table', (schema: string) => `DROP TABLE ${schema}.es_event`],
    ['change the functions', (schema: string) => `DROP FUNCTION ${schema}.es_refuse_change() CASCADE`],
    ['remove the head', (schema: string) => `DELETE FROM ${schema}.es_head`],
    ['remove streams', (schema: string) => `DELETE FROM ${schema}.es_stream`],
    ['give the record another name', (schema: string) => `UPDATE ${schema}.es_store SET id = gen_random_uuid()`],
    ['pretend another version of the schema', (schema: string) => `UPDATE ${schema}.es_schema SET version = 9`],
    ['make tables beside them', (schema: string) => `CREATE TABLE ${schema}.mine (one int)`],
  ])('cannot %s', async (_, text) => {
    await expect(asService.query(text(record.schema))).rejects.toMatchObject({ code: '42501' });
  });

  test('loses rights that somebody gave it by hand at the next migration', async () => {
    await records.sql(`GRANT ALL ON ${record.schema}.es_event TO ${role}`);

    await migratePostgresEventStore({ ownerConnection: record.url, schema: record.schema, serviceRole: role });

    await expect(asService.query(`DELETE FROM ${record.schema}.es_event`)).rejects.toMatchObject({ code: '42501' });
  });
});
