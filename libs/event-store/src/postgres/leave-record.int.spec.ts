import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { CopyRefusedError } from '../copy/copy-store.js';
import { aStream, outcomeOf, someEvents } from '../testing/index.js';
import type { PostgresRecord } from '../testing/postgres-records.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { leavePostgresRecord, returnToPostgresRecord } from './leave-record.js';
import { migratePostgresEventStore } from './migrate.js';
import type { PostgresEventStore } from './postgres-event-store.js';

const records = new PostgresRecords();
/** The rights are missing, whatever the append asks for. */
const refused = { code: '42501' };

describe('a record that goes on in another engine', () => {
  const serviceRole = `cairn_test_${randomUUID().replaceAll('-', '')}`;
  let record: PostgresRecord;
  let store: PostgresEventStore;
  const stream = aStream(scope);

  beforeAll(async () => {
    await records.sql(`CREATE ROLE ${serviceRole}`);
    record = await records.create(serviceRole);
    store = record.open({ pool: { connectionString: record.url, options: `-c role=${serviceRole}` } });
    await store.append(stream, 'no-stream', someEvents(2));
  });
  afterAll(async () => {
    await store.close();
    await records.sql(`DROP OWNED BY ${serviceRole}`);
    await records.sql(`DROP ROLE ${serviceRole}`);
  });

  const leave = (upTo: string): Promise<void> =>
    leavePostgresRecord({ ownerConnection: record.url, schema: record.schema, serviceRole, upTo, destination: 'elsewhere' });
  const migrate = (): Promise<void> => migratePostgresEventStore({ ownerConnection: record.url, schema: record.schema, serviceRole });

  test('is not left while it has more than the copy', async () => {
    expect(await outcomeOf(leave('1'))).toBeInstanceOf(CopyRefusedError);
    await store.append(stream, 2, someEvents(1));
  });

  test('lets an append end that is on its way, and takes none that waits', async () => {
    const writer = await records.connect();
    await writer.query(`BEGIN; SELECT pos FROM ${record.schema}.es_head FOR UPDATE`);
    const leaving = leave('3');
    const waits = async (): Promise<boolean> =>
      (await records.sql(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${record.schema}.es_head'::regclass AND mode = 'AccessExclusiveLock'`)).length === 1;
    while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 5));
    const waiting = outcomeOf(store.append(stream, 3, someEvents(1)));
    await writer.query('ROLLBACK');
    await writer.end();
    await leaving;
    expect(await waiting).toMatchObject(refused);
    expect(await outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)))).toMatchObject(refused);
  });

  test('is read as before, and stays closed however often it is migrated', async () => {
    await migrate();
    expect(await outcomeOf(store.append(stream, 3, someEvents(1)))).toMatchObject(refused);
    expect(await store.readStream(stream)).toHaveLength(3);
    expect(await records.sql(`SELECT destination FROM ${record.schema}.es_moved`)).toEqual([{ destination: 'elsewhere' }]);
  });

  test('goes on where it was left when that is taken back', async () => {
    await returnToPostgresRecord(record.url, record.schema);
    await migrate();
    expect(await store.append(stream, 3, someEvents(1))).toMatchObject({ position: '4' });
  });
});
