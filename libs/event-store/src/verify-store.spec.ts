import { describe, expect, test } from '@jest/globals';

import { DamagedEventError } from './errors.js';
import type { RecordedEvent } from './event.js';
import type { ReadAllOptions, ReadAllPage } from './event-store.js';
import { InMemoryEventStore } from './in-memory/in-memory-event-store.js';
import { anEvent, ManualClock, someEvents } from './testing/index.js';
import { verifyStore } from './verify-store.js';

/** A store whose reader meets what somebody did to the record. */
class TamperedStore extends InMemoryEventStore {
  change: (events: readonly RecordedEvent[]) => readonly RecordedEvent[] = (events) => events;
  damagedPosition: string | undefined;

  override async readAll(options: ReadAllOptions = {}): Promise<ReadAllPage> {
    const page = await super.readAll(options);
    const damaged = page.events.find(({ position }) => position === this.damagedPosition);
    if (damaged) {
      const { stream, version, position, hash } = damaged;
      throw new DamagedEventError(stream, version, position, hash, 'no JSON');
    }
    return { ...page, events: this.change(page.events) };
  }
}

const aStoreWithTwoStreams = async (): Promise<TamperedStore> => {
  const store = new TamperedStore({ scope: 'scope', clock: new ManualClock() });
  await store.append('scope.cairn-1', 'no-stream', someEvents(3));
  await store.append('scope.cairn-2', 'no-stream', someEvents(2));
  await store.append('scope.cairn-1', 3, [anEvent()]);
  return store;
};

describe('verifyStore', () => {
  test('finds nothing in a store that is as it was written, and tells how far it is', async () => {
    const progress: number[] = [];
    const store = await aStoreWithTwoStreams();
    const result = await verifyStore(store, { onProgress: ({ events }) => progress.push(events) });

    expect(result).toEqual({ events: 6, streams: 2, breaks: [], breakCount: 0 });
    expect(progress.at(-1)).toBe(6);
  });

  test('finds nothing in an empty store', async () => {
    const result = await verifyStore(new InMemoryEventStore({ scope: 'scope', clock: new ManualClock() }));
    expect(result).toEqual({ events: 0, streams: 0, breaks: [], breakCount: 0 });
  });

  test('names a changed event once, and goes on behind it', async () => {
    const store = await aStoreWithTwoStreams();
    store.change = (events) => events.map((event) => (event.version === 2 ? { ...event, actor: 'somebody' } : event));

    const { breaks } = await verifyStore(store);

    expect(breaks).toMatchObject([
      { kind: 'hash', stream: 'scope.cairn-1', version: 2, position: '2' },
      { kind: 'hash', stream: 'scope.cairn-2', version: 2, position: '5' },
    ]);
  });

  test('names a missing event', async () => {
    const store = await aStoreWithTwoStreams();
    store.change = (events) => events.filter(({ position }) => position !== '3');

    const { breaks } = await verifyStore(store);

    expect(breaks).toMatchObject([{ kind: 'version', stream: 'scope.cairn-1', version: 3 }]);
  });

  test('misses the last event by the head', async () => {
    const store = await aStoreWithTwoStreams();
    store.change = (events) => events.filter(({ position }) => position !== '6');

    expect((await verifyStore(store)).breaks).toMatchObject([{ kind: 'store-head', position: '6' }]);
  });

  test('names events that come in another order', async () => {
    const store = await aStoreWithTwoStreams();
    store.change = (events) => [...events].sort((left, right) => left.stream.localeCompare(right.stream));

    expect((await verifyStore(store)).breaks).toMatchObject([
      { kind: 'position', stream: 'scope.cairn-2', version: 1 },
      { kind: 'position', stream: 'scope.cairn-2', version: 2 },
    ]);
  });

  test('reports an event that cannot be read, and looks at all the others', async () => {
    const store = await aStoreWithTwoStreams();
    store.damagedPosition = '4';

    const { events, breaks } = await verifyStore(store);

    expect(events).toBe(6);
    expect(breaks).toMatchObject([{ kind: 'unreadable', stream: 'scope.cairn-2', version: 1, detail: 'no JSON' }]);
  });
});
