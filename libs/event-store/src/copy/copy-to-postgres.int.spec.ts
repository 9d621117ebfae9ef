import { expect, test } from '@jest/globals';

import { EventStoreDbDouble } from '../eventstoredb/testing/eventstoredb-double/eventstoredb-double.js';
import { openEventStoreDb } from '../eventstoredb/event-store-db.js';
import type { EventStore } from '../event-store.js';
import type { RecordedEvent } from '../event.js';
import { InMemoryEventStore } from '../in-memory/in-memory-event-store.js';
import { openPostgresEventStoreImport } from '../postgres/import/postgres-event-store-import.js';
import { verifyPostgresEventStore } from '../postgres/verify-postgres-event-store.js';
import { aStream, anEvent, ManualClock, outcomeOf, someEvents } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import type { CopyTarget } from './copy-store.js';
import { CopyRefusedError, copyStore } from './copy-store.js';

const records = new PostgresRecords();

/** Streams that were written in turns, over days, under a clock that also goes back. */
const write = async (store: EventStore, clock: ManualClock, rounds: number): Promise<void> => {
  const streams = Array.from({ length: 40 }, () => aStream(scope, 'Zürich 学校'));
  for (let round = 0; round < rounds; round += 1) {
    clock.advance(round % 3 === 2 ? -3_600_000 : 86_400_000);
    for (const stream of streams) await store.append(stream, round * 2 || 'no-stream', someEvents(2, { data: { 10: '\\', 9: round } }));
  }
};

const all = async (store: EventStore): Promise<readonly Omit<RecordedEvent, 'position'>[]> =>
  (await store.readAll({ limit: 4_096 })).events.map(({ position: _, ...event }) => event);

const targetOf = (schema: string): CopyTarget =>
  openPostgresEventStoreImport({ scope, schema, connectionString: records.url });

test('a record moves from EventStoreDB to PostgreSQL, ended in the middle and resumed, and goes on there', async () => {
  const double = await EventStoreDbDouble.start();
  const clock = new ManualClock('2023-08-01T12:00:00.000Z');
  const from = openEventStoreDb({ url: double.url, scope, clock });
  const { schema, url, open } = await records.create();
  const target = targetOf(schema);
  try {
    await write(from, clock, 15);
    let pieces = 0;
    const take = async (piece: readonly RecordedEvent[]): Promise<void> => {
      pieces += 1;
      if (pieces === 3) throw new Error('killed');
      await target.take(piece);
    };
    expect(await outcomeOf(copyStore({ from, to: { ...target, take } }))).toEqual(new Error('killed'));

    expect(await copyStore({ from, to: target })).toEqual({ events: 1_200, streams: 40, found: 1_000, upTo: await from.head() });

    expect(await all(target.store)).toEqual(await all(from));
    const moved = open();
    const [first] = await all(moved);
    const stored = await moved.readStream(first?.stream ?? '');
    await moved.append(first?.stream ?? '', stored.length, [anEvent()]);
    await expect(moved.append(first?.stream ?? '', 'no-stream', stored.slice(0, 2))).resolves.toMatchObject({ version: 2 });
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 1_201, streams: 40, breakCount: 0 });
    expect(await moved.storeId()).not.toBe(await from.storeId());
  } finally {
    await Promise.all([from.close(), target.store.close()]);
    double.kill();
  }
});

test('a record that goes on elsewhere is refused, and so is an event that does not follow', async () => {
  const clock = new ManualClock();
  const from = new InMemoryEventStore({ scope, clock });
  await write(from, clock, 2);
  const { schema, open } = await records.create();
  const target = targetOf(schema);
  try {
    await copyStore({ from, to: target });
    const [event] = (await from.readAll()).events;
    if (!event) throw new Error('an event');

    expect(await outcomeOf(target.take([event]))).toBeInstanceOf(CopyRefusedError);
    expect(await outcomeOf(target.take([{ ...event, stream: aStream(scope), version: 2 }]))).toBeInstanceOf(CopyRefusedError);
    expect(await outcomeOf(target.take([{ ...event, stream: aStream(scope) }]))).toBeInstanceOf(CopyRefusedError);
    expect(await target.store.head()).toBe('160');

    await open().append(event.stream, 4, [anEvent()]);
    expect(await outcomeOf(copyStore({ from, to: target }))).toBeInstanceOf(CopyRefusedError);
    await expect(target.store.append(aStream(scope), 'no-stream', [anEvent()])).rejects.toThrow('takes no new events');
  } finally {
    await target.store.close();
  }
});
