import { describe, expect, test } from '@jest/globals';

import { WrongExpectedVersionError } from '../errors.js';
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

describe('appends of many events by a few callers', () => {
  test('overlap in two flushes: each in its order, dense and chained, also where some are refused', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    await records.sql(`ALTER TABLE ${schema}.es_event ADD CONSTRAINT no_rock CHECK (type <> 'Rock')`);
    const [callers, turns, size] = [8, 30, 10];
    const answered: number[] = [];
    const write = async (_: unknown, caller: number): Promise<void> => {
      const stream = aStream(scope);
      for (let turn = 0; turn < turns; turn += 1) {
        const version = turn * size || 'no-stream';
        if (caller === 3 && turn % 10 === 5) {
          const rock = someEvents(size, { type: 'Rock' });
          expect(await outcomeOf(store.append(stream, version, rock))).toMatchObject({ code: '23514' });
          expect(await outcomeOf(store.append(stream, turn * size + 1, someEvents(1)))).toBeInstanceOf(WrongExpectedVersionError);
        }
        const { position, version: now } = await store.append(stream, version, someEvents(size));
        expect(now).toBe((turn + 1) * size);
        answered.push(Number(position));
      }
    };

    await Promise.all(Array.from({ length: callers }, write));

    const events = callers * turns * size;
    expect(answered.toSorted((a, b) => a - b)).toEqual(Array.from({ length: events / size }, (_, at) => (at + 1) * size));
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events, breakCount: 0 });
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
