import { expect, test } from '@jest/globals';

import { EventStoreDbDouble } from '../eventstoredb/testing/eventstoredb-double/eventstoredb-double.js';
import { openEventStoreDbImport } from '../eventstoredb/event-store-db-import.js';
import type { RecordedEvent } from '../event.js';
import { aStream, ManualClock, outcomeOf, someEvents } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { copyStore } from './copy-store.js';

const records = new PostgresRecords();

test('a record moves from PostgreSQL to EventStoreDB, killed in the middle and resumed', async () => {
  const clock = new ManualClock('2023-08-01T12:00:00.000Z');
  const from = (await records.create()).open({ clock });
  const streams = Array.from({ length: 20 }, () => aStream(scope));
  for (let round = 0; round < 3; round += 1) {
    clock.advance(86_400_000);
    for (const stream of streams) await from.append(stream, round * 2 || 'no-stream', someEvents(2));
  }
  const double = await EventStoreDbDouble.start();
  const target = openEventStoreDbImport({ url: double.url, scope, namespace: 'moved-', callTimeoutMs: 1_000 });
  let runs = 0;
  const take = async (run: readonly RecordedEvent[]): Promise<void> => {
    runs += 1;
    if (runs === 25) double.kill();
    await target.take(run);
  };
  try {
    expect(await outcomeOf(copyStore({ from, to: { store: target.store, take } }))).toMatchObject({
      name: 'EventStoreUnavailableError',
    });
    await double.restart();

    let result = undefined;
    while (!result) result = await copyStore({ from, to: target }).catch(() => undefined);

    expect(result).toEqual({ events: 120, streams: 20, found: 48, upTo: await from.head() });
    const moved = (await target.store.readAll({ limit: 500 })).events;
    const source = (await from.readAll({ limit: 500 })).events;
    expect(moved.map(({ position: _, ...event }) => event)).toEqual(source.map(({ position: _, ...event }) => event));
  } finally {
    await target.store.close();
    double.kill();
  }
});
