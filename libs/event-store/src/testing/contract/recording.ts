import { AsyncLocalStorage } from 'node:async_hooks';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Clock } from '../../clock.js';
import type { Instant } from '../../event.js';
import { chainStart, hashEvent, verifyStream } from '../../hash-chain.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import type { Context, OpenStore } from './contract-context.js';
import { scope } from './contract-context.js';

/** The hash that this event has on every engine, worked out outside of this code from its text and 32 zero bytes. */
const golden = {
  stream: `${scope}.cairn-1`,
  event: anEvent({ id: '6c84fb90-12c4-11e1-840d-7b25c5ee775a', data: { z: [1.5, 'é', null], a: { b: true } } }),
  hash: '5adc6ddb8e882b94fcf691d3da12bf121dcceef4955842acd7dec85477b28004',
};

/** A clock that tells the time of whoever asks. */
class CallersClock extends Clock {
  readonly time = new AsyncLocalStorage<Instant>();
  now(): Instant {
    return this.time.getStore() ?? '2025-01-01T00:00:00.000Z';
  }
}

export const recording = (context: Context, open: OpenStore): void => {
  describe('recordedAt', () => {
    test('is the time of the clock, to the millisecond', async () => {
      const { store, clock, reopen } = context();
      const stream = aStream(scope);
      clock.set('2024-02-29T23:59:59.999Z');
      await store.append(stream, 'no-stream', someEvents(2));
      clock.advance(1);
      await store.append(stream, 2, someEvents(1));

      const times = (await (await reopen()).readStream(stream)).map(({ recordedAt }) => recordedAt);

      expect(times).toEqual(['2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z', '2024-03-01T00:00:00.000Z']);
    });

    test('never goes back within a stream under a clock that does; another stream has its time', async () => {
      const { store, clock, reopen } = context();
      const [stream, other] = [aStream(scope), aStream(scope)];
      await store.append(stream, 'no-stream', someEvents(1));
      const before = clock.now();
      clock.advance(-3_600_000);

      const second = await store.append(stream, 1, someEvents(1));
      const third = await (await reopen()).append(stream, 2, someEvents(1));
      const elsewhere = await store.append(other, 'no-stream', someEvents(1));

      expect(second.events[0]?.recordedAt).toBe(before);
      expect(third.events[0]?.recordedAt).toBe(before);
      expect(elsewhere.events[0]?.recordedAt).toBe(clock.now());
    });

    test('is a running maximum of the clock, whatever the clock does', async () => {
      const { store, clock } = context();
      const stepsOfTheClock = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(stepsOfTheClock, async (steps) => {
          const stream = aStream(scope);
          const expected: Instant[] = [];
          for (const [version, step] of steps.entries()) {
            clock.advance(step);
            expected.push(expected.reduce((max, time) => (time > max ? time : max), clock.now()));
            await store.append(stream, version === 0 ? 'no-stream' : version, [anEvent()]);
          }
          const events = await store.readStream(stream);
          expect(events.map(({ recordedAt }) => recordedAt)).toEqual(expected);
          expect(verifyStream(events)).toBeUndefined();
        }),
        { numRuns: 25 },
      );
    });

    test('is taken when and where append is called, also for appends that are stored together', async () => {
      const clock = new CallersClock();
      const opened = await open({ scope, clock });
      try {
        const times = Array.from({ length: 20 }, (_, second) => `2025-03-01T00:00:${10 + second}.000Z`);
        const answers = await Promise.all(
          times.map((time) =>
            clock.time.run(time, () => opened.store.append(aStream(scope), 'no-stream', [anEvent()])),
          ),
        );
        expect(answers.map(({ events }) => events[0]?.recordedAt)).toEqual(times);
      } finally {
        await opened.close();
      }
    });
  });

  describe('the hash chain', () => {
    test('verifies in every stream, over many appends and a restart', async () => {
      const { store, reopen } = context();
      const streams = [aStream(scope), aStream(scope)];
      for (let version = 0; version < 6; version += 3) {
        for (const stream of streams) await store.append(stream, version || 'no-stream', someEvents(3));
      }
      const second = await reopen();
      for (const stream of streams) await second.append(stream, 6, someEvents(3));

      for (const stream of streams) {
        const events = await store.readStream(stream);
        expect(events).toHaveLength(9);
        expect(verifyStream(events)).toBeUndefined();
      }
    });

    test('gives the same hash on every engine', async () => {
      const { store, clock } = context();
      clock.set('2025-10-01T05:00:00.000Z');
      const appended = await store.append(golden.stream, 'no-stream', [golden.event]);
      expect(appended.events.map(({ hash }) => hash)).toEqual([golden.hash]);
    });

    test('links each event to the one before it', async () => {
      const { store } = context();
      const { events } = await store.append(aStream(scope), 'no-stream', someEvents(3));
      let previous = chainStart.hash;
      for (const { position, hash, ...event } of events) {
        expect(hash).toBe(hashEvent(previous, event));
        expect(position).toBeDefined();
        previous = hash;
      }
    });
  });
};
