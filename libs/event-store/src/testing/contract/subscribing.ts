import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../../errors.js';
import type { Position } from '../../event.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import { gate, Subscriber, until } from '../subscriber.js';
import type { Context } from './contract-context.js';
import { everything, refusalOf, scope } from './contract-context.js';

const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);

export const subscribing = (context: Context): void => {
  describe('subscribe', () => {
    test('from the start: what is there and then what comes, also from another opener', async () => {
      const { store, reopen } = context();
      const stream = aStream(scope);
      await store.append(stream, 'no-stream', someEvents(5));
      const subscriber = new Subscriber(store, { from: 'start', batchEventsMax: 2 });
      await subscriber.untilCount(5);

      await store.append(stream, 5, someEvents(3));
      await (await reopen()).append(stream, 8, someEvents(3));
      await subscriber.untilCount(11);

      expect(subscriber.events).toEqual(await everything(store));
      expect(subscriber.readUpTo).toBe(await store.head());
      expect(Math.max(...subscriber.batches.map((batch) => batch.length))).toBe(2);
      await subscriber.subscription.stop();
    });

    test('from a position: what comes after it', async () => {
      const { store } = context();
      const { events } = await store.append(aStream(scope), 'no-stream', someEvents(5));
      const subscriber = new Subscriber(store, { from: events[2]?.position ?? '' });

      await subscriber.untilCount(2);

      expect(subscriber.events).toEqual(events.slice(3));
      await subscriber.subscription.stop();
    });

    test('from the end: only what comes after it started', async () => {
      const { store } = context();
      await store.append(aStream(scope), 'no-stream', someEvents(5));
      const subscriber = new Subscriber(store, { from: 'end' });
      await subscriber.subscription.started;

      const { events } = await store.append(aStream(scope), 'no-stream', someEvents(2));
      await subscriber.untilCount(2);

      expect(subscriber.events).toEqual(events);
      await subscriber.subscription.stop();
    });

    test('by a filter: what matches; an empty batch tells how far the rest was looked at', async () => {
      const { store } = context();
      const subscriber = new Subscriber(store, { filter: { types: ['Wanted'] } });

      const wanted = await store.append(aStream(scope), 'no-stream', [anEvent({ type: 'Wanted' })]);
      const rest = await store.append(aStream(scope), 'no-stream', someEvents(3));
      await until('the rest looked at', () => subscriber.readUpTo === rest.position);

      expect(subscriber.events).toEqual(wanted.events);
      await subscriber.subscription.stop();
    });

    test('resumes after a crash at its last checkpoint: nothing lost, at most the unfinished batch again', async () => {
      const { store } = context();
      await store.append(aStream(scope), 'no-stream', someEvents(20));
      const kept: string[] = [];
      let checkpoint: Position | 'start' = 'start';
      let crashed = false;
      const first = new Subscriber(store, {
        batchEventsMax: 3,
        handle: async (events, readUpTo) => {
          if (crashed || kept.length >= 9) {
            crashed = true;
            throw new Error('crashed before the checkpoint');
          }
          kept.push(...idsOf(events));
          checkpoint = readUpTo;
        },
      });
      await until('the crash', () => crashed);
      await first.subscription.stop();

      const second = new Subscriber(store, { from: checkpoint });
      await second.untilCount(11);

      expect([...kept, ...second.ids]).toEqual(idsOf(await everything(store)));
      await second.subscription.stop();
    });

    test('a handler that throws gets the same batch again, and the error is reported', async () => {
      const { store } = context();
      const attempts: (readonly string[])[] = [];
      const subscriber = new Subscriber(store, {
        handle: async (events) => {
          attempts.push(idsOf(events));
          if (attempts.length < 3) throw new Error(`attempt ${attempts.length}`);
        },
      });

      const { events } = await store.append(aStream(scope), 'no-stream', someEvents(2));
      await subscriber.untilCount(2);

      expect(attempts).toEqual([idsOf(events), idsOf(events), idsOf(events)]);
      expect(subscriber.errors).toEqual([new Error('attempt 1'), new Error('attempt 2')]);
      await subscriber.subscription.stop();
    });

    test('a slow handler is given one batch at a time, no more than asked for, and others do not wait', async () => {
      const { store } = context();
      const door = gate();
      let inside = 0;
      let most = 0;
      const slow = new Subscriber(store, {
        batchEventsMax: 10,
        handle: async () => {
          inside += 1;
          most = Math.max(most, inside);
          await door.passed;
          inside -= 1;
        },
      });
      const quick = new Subscriber(store);

      for (let append = 0; append < 10; append += 1) await store.append(aStream(scope), 'no-stream', someEvents(50));
      await quick.untilCount(500);
      expect(slow.batches).toHaveLength(0);
      door.open();
      await slow.untilCount(500);

      expect(slow.ids).toEqual(quick.ids);
      expect(most).toBe(1);
      expect(Math.max(...slow.batches.map((batch) => batch.length))).toBeLessThanOrEqual(10);
      await Promise.all([slow.subscription.stop(), quick.subscription.stop()]);
    });

    test('stopping waits for the handler that runs, and nothing comes afterwards', async () => {
      const { store } = context();
      const door = gate();
      const entered = gate();
      const stopped = new Subscriber(store, {
        handle: async () => {
          entered.open();
          await door.passed;
        },
      });
      const other = new Subscriber(store);
      await store.append(aStream(scope), 'no-stream', someEvents(1));
      await entered.passed;

      const stopping = stopped.subscription.stop();
      const batchesAtStop = stopped.batches.length;
      door.open();
      await stopping;
      await store.append(aStream(scope), 'no-stream', someEvents(1));
      await other.untilCount(2);

      expect([batchesAtStop, stopped.batches.length]).toEqual([0, 1]);
      await other.subscription.stop();
      await expect(stopped.subscription.stop()).resolves.toBeUndefined();
    });

    test('closing the store stops its subscriptions and refuses what comes after', async () => {
      const { store, reopen } = context();
      const subscriber = new Subscriber(store);
      const second = await reopen();
      const accepted = store.append(aStream(scope), 'no-stream', someEvents(1));

      await store.close();
      await expect(accepted).resolves.toMatchObject({ version: 1 });
      const delivered = subscriber.events.length;
      await second.append(aStream(scope), 'no-stream', someEvents(1));

      expect(subscriber.events).toHaveLength(delivered);
      expect(await refusalOf(store.append(aStream(scope), 'no-stream', someEvents(1)))).toBeInstanceOf(
        EventStoreUnavailableError,
      );
      expect(await refusalOf(store.readAll())).toBeInstanceOf(EventStoreUnavailableError);
      await expect(store.close()).resolves.toBeUndefined();
    });
  });
};
