import { describe, expect, test } from '@jest/globals';

import { verifyStream } from '../hash-chain.js';
import { aStream, anEvent, outcomeOf, someEvents } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { verifyPostgresEventStore } from './verify-postgres-event-store.js';

const records = new PostgresRecords();

describe('a flush that fails', () => {
  test('fails the bad command alone, and positions stay dense', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    await records.sql(`ALTER TABLE ${schema}.es_event ADD CONSTRAINT no_rock CHECK (type <> 'Rock')`);

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(2, { type: index === 7 ? 'Rock' : 'Stone' }))),
      ),
    );

    expect(outcomes.filter((outcome) => outcome !== 'answered')).toEqual([expect.objectContaining({ code: '23514' })]);
    const { events } = await store.readAll();
    expect(events.map(({ position }) => Number(position))).toEqual(Array.from({ length: 59 }, (_, at) => at + 1));
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 59, breakCount: 0 });
  });

  test('gives its positions back', async () => {
    const { schema, open } = await records.create();
    const store = open();
    await records.sql(`ALTER TABLE ${schema}.es_event ADD CONSTRAINT no_rock CHECK (type <> 'Rock')`);
    await expect(store.append(aStream(scope), 'no-stream', [anEvent({ type: 'Rock' })])).rejects.toThrow('no_rock');
    expect(await store.head()).toBe('0');
    await expect(store.append(aStream(scope), 'no-stream', [anEvent()])).resolves.toMatchObject({ position: '1' });
  });
});

describe('a head in memory that is not that of the record', () => {
  test('of the same version never gets a hash written over it', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', [anEvent({ data: 'before the backup was restored' })]);
    // The record as another process went on with it, after a restore that this one did not notice.
    await records.pastTheGuard(schema, `TRUNCATE ${schema}.es_event, ${schema}.es_stream`);
    await records.sql(`UPDATE ${schema}.es_head SET pos = 0`);
    await open().append(stream, 'no-stream', [anEvent({ data: 'after it' })]);

    await expect(store.append(stream, 1, [anEvent()])).resolves.toMatchObject({ version: 2 });

    expect(verifyStream(await store.readStream(stream))).toBeUndefined();
    expect((await verifyPostgresEventStore({ connection: url, schema })).breaks).toEqual([]);
  });
});
