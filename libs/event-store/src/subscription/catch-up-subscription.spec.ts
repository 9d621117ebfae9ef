import { describe, expect, jest, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import type { ReadAllOptions, ReadAllPage } from '../event-store.js';
import { InMemoryEventStore } from '../in-memory/in-memory-event-store.js';
import { aStream, gate, ManualClock, someEvents, Subscriber, until } from '../testing/index.js';

class CountingStore extends InMemoryEventStore {
  reads = 0;
  away = false;

  constructor() {
    super({ scope: 'scope', clock: new ManualClock() });
  }

  override async readAll(options: ReadAllOptions = {}): Promise<ReadAllPage> {
    this.reads += 1;
    if (this.away) throw new EventStoreUnavailableError('away');
    return await super.readAll(options);
  }
}

describe('a subscription', () => {
  test('reads no further while its handler is busy, so nothing piles up', async () => {
    const store = new CountingStore();
    const entered = gate();
    const door = gate();
    const slow = new Subscriber(store, {
      batchEventsMax: 10,
      handle: async () => {
        entered.open();
        await door.passed;
      },
    });
    await store.append(aStream('scope'), 'no-stream', someEvents(10));
    await entered.passed;
    const reads = store.reads;

    for (let append = 0; append < 20; append += 1) await store.append(aStream('scope'), 'no-stream', someEvents(100));

    expect(store.reads).toBe(reads);
    door.open();
    await slow.untilCount(2_010);
    await store.close();
  });

  test('goes on by itself once the store is back, and reports what it met', async () => {
    const store = new CountingStore();
    store.away = true;
    const subscriber = new Subscriber(store);
    await until('two refused reads', () => subscriber.errors.length >= 2);

    store.away = false;
    await store.append(aStream('scope'), 'no-stream', someEvents(2));
    await subscriber.untilCount(2);

    expect(subscriber.errors).toContainEqual(new EventStoreUnavailableError('away'));
    await store.close();
  });

  test('a reporter of errors that fails does not end it', async () => {
    const store = new CountingStore();
    store.away = true;
    const onError = jest.fn(() => {
      throw new Error('the log is full');
    });
    const subscriber = new Subscriber(store, { onError });
    await until('an error reported', () => onError.mock.calls.length > 0);

    store.away = false;
    await store.append(aStream('scope'), 'no-stream', someEvents(1));

    await subscriber.untilCount(1);
    await store.close();
  });

  test('stops at once while it waits out an error', async () => {
    const store = new CountingStore();
    store.away = true;
    const subscriber = new Subscriber(store);
    await until('an error reported', () => subscriber.errors.length > 0);

    await subscriber.subscription.stop();

    await expect(subscriber.subscription.started).resolves.toBeUndefined();
    await store.close();
  });
});
