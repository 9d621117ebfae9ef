import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { EventStoreDbDouble } from '../eventstoredb/testing/eventstoredb-double/eventstoredb-double.js';
import { openEventStoreDb } from '../eventstoredb/event-store-db.js';
import { openEventStoreDbImport } from '../eventstoredb/event-store-db-import.js';
import { InMemoryEventLog } from '../in-memory/in-memory-event-log.js';
import { InMemoryEventStore } from '../in-memory/in-memory-event-store.js';
import type { RecordedEvent } from '../event.js';
import { anEvent, aStream, ManualClock, outcomeOf, someEvents } from '../testing/index.js';
import { verifyStore } from '../verify-store.js';
import type { CopyTarget } from './copy-store.js';
import { CopyRefusedError, copyStore } from './copy-store.js';

const scope = 'records';

describe('a record copied to EventStoreDB', () => {
  let double: EventStoreDbDouble;
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
  });
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()));
    double.kill();
  });

  let targets = 0;
  const aTarget = (namespace = `copy-${(targets += 1)}-`): CopyTarget & { readonly namespace: string } => {
    const target = openEventStoreDbImport({ url: double.url, scope, namespace });
    opened.push(target.store);
    return { ...target, namespace };
  };

  /** Some streams, written in turns, over days, under a clock that also goes back. */
  const aSource = async (rounds = 30): Promise<InMemoryEventStore> => {
    const clock = new ManualClock('2024-02-01T05:00:00.000Z');
    const store = new InMemoryEventStore({ scope, clock, log: new InMemoryEventLog() });
    const streams = [aStream(scope), aStream(scope), aStream(scope, 'Zürich 学校')];
    for (let round = 0; round < rounds; round += 1) {
      clock.advance(round % 7 === 0 ? -3_600_000 : 86_400_000);
      const stream = streams[round % 3] ?? aStream(scope);
      const events = someEvents(1 + (round % 4), { data: { 10: 'ten', 9: 'nine', round }, actor: 'Renée' });
      await store.append(stream, (await store.readStream(stream)).length || 'no-stream', events);
    }
    return store;
  };

  const all = async (store: { readAll: InMemoryEventStore['readAll'] }): Promise<readonly Omit<RecordedEvent, 'position'>[]> =>
    (await store.readAll({ limit: 4_096 })).events.map(({ position: _, ...event }) => event);

  test('has the same events in the same order, byte for byte, and goes on from there', async () => {
    const from = await aSource();
    const to = aTarget();
    const phases = new Set<string>();

    const result = await copyStore({ from, to, onProgress: ({ phase }) => phases.add(phase) });

    expect(result).toEqual({ events: (await all(from)).length, streams: 3, found: 0, upTo: await from.head() });
    expect(phases).toEqual(new Set(['copying', 'verifying']));
    const clock = new ManualClock('2025-10-01T05:00:00.000Z');
    const moved = openEventStoreDb({ url: double.url, scope, clock, namespace: to.namespace });
    opened.push(moved);
    expect(await all(moved)).toEqual(await all(from));
    expect(await verifyStore(moved)).toMatchObject({ breakCount: 0, streams: 3 });
    expect(await moved.storeId()).not.toBe(await from.storeId());
    const [first] = (await from.readAll()).events;
    const before = await from.readStream(first?.stream ?? '');
    await moved.append(first?.stream ?? '', before.length, [anEvent()]);
    // The same append again is known, although it was made on the other engine.
    await expect(moved.append(first?.stream ?? '', 'no-stream', before.slice(0, 1))).resolves.toMatchObject({ version: 1 });
    expect(await verifyStore(moved)).toMatchObject({ breakCount: 0 });
  });

  test('goes on where it was ended, as often as it is', async () => {
    const from = await aSource(40);
    const { namespace } = aTarget();
    const found: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const to = aTarget(namespace);
      const abort = new AbortController();
      let runs = 0;
      const take = async (run: readonly RecordedEvent[]): Promise<void> => {
        runs += 1;
        if (runs > 6) throw new Error('killed');
        await to.take(run);
      };
      expect(await outcomeOf(copyStore({ from, to: { store: to.store, take }, signal: abort.signal }))).toEqual(new Error('killed'));
      found.push((await all(to.store)).length);
    }
    expect(found).toEqual([...found].sort((left, right) => left - right));
    expect(new Set(found).size).toBe(5);

    const result = await copyStore({ from, to: aTarget(namespace) });

    expect(result.found).toBe(found.at(-1));
    expect(await all(aTarget(namespace).store)).toEqual(await all(from));
    // Copied already: nothing is left to do, and nothing is done.
    expect(await copyStore({ from, to: aTarget(namespace) })).toMatchObject({ found: result.events });
  });

  test('is ended by its signal between two runs, with the reason of the signal', async () => {
    const abort = new AbortController();
    const to = aTarget();
    const copy = copyStore({
      from: await aSource(),
      to,
      signal: abort.signal,
      onProgress: ({ events }) => {
        if (events > 5) abort.abort(new Error('enough'));
      },
    });
    expect(await outcomeOf(copy)).toEqual(new Error('enough'));
    expect((await all(to.store)).length).toBeGreaterThan(5);
  });

  test('goes in pieces that the server takes, also when the events are large', async () => {
    const from = new InMemoryEventStore({ scope, clock: new ManualClock() });
    await from.append(aStream(scope), 'no-stream', someEvents(5, { data: 'x'.repeat(400_000) }));
    await from.append(aStream(scope), 'no-stream', [anEvent({ data: 'y'.repeat(990_000) })]);
    const to = aTarget();
    expect(await copyStore({ from, to })).toMatchObject({ events: 6 });
    expect(await all(to.store)).toEqual(await all(from));
  });

  test('is refused where something else is: another record, or a longer one', async () => {
    const [from, other] = [await aSource(6), await aSource(6)];
    const to = aTarget();
    await copyStore({ from, to });
    expect(await outcomeOf(copyStore({ from: other, to }))).toBeInstanceOf(CopyRefusedError);
    await from.append(aStream(scope), 'no-stream', someEvents(1));
    await copyStore({ from, to });

    const shorter = new InMemoryEventStore({ scope, clock: new ManualClock() });
    const error = await outcomeOf(copyStore({ from: shorter, to }));

    expect(error).toBeInstanceOf(CopyRefusedError);
    expect(String(error)).toContain('goes on behind');
  });

  test('is refused from a record that is damaged, and told which event', async () => {
    const from = await aSource(9);
    const bent = Object.create(from, {
      readAll: {
        value: async (options: Parameters<typeof from.readAll>[0]) => {
          const page = await from.readAll(options);
          return { ...page, events: page.events.map((event) => (event.version === 2 ? { ...event, actor: 'somebody' } : event)) };
        },
      },
    }) as InMemoryEventStore;
    const error = await outcomeOf(copyStore({ from: bent, to: aTarget() }));
    expect(error).toBeInstanceOf(CopyRefusedError);
    expect(String(error)).toMatch(/version 2/);
  });

  test('is refused between scopes', async () => {
    const from = new InMemoryEventStore({ scope: 'other', clock: new ManualClock() });
    expect(await outcomeOf(copyStore({ from, to: aTarget() }))).toBeInstanceOf(CopyRefusedError);
  });
});
