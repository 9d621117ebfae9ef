import { describe, expect, test } from '@jest/globals';

import { EventIdConflictError } from '../../errors.js';
import type { NewEvent } from '../../event.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import type { Context } from './contract-context.js';
import { refusalOf, scope } from './contract-context.js';

const differences: readonly (readonly [string, Partial<NewEvent>])[] = [
  ['data', { data: { stone: 99 } }],
  ['type', { type: 'StoneTakenAway' }],
  ['occurredAt', { occurredAt: '2025-09-30T13:45:10.251Z' }],
  ['actor', { actor: 'operator-2' }],
  ['onBehalfOf', { onBehalfOf: 'operator-2' }],
  ['correlationId', { correlationId: 'request-2' }],
  ['commandDigest', { commandDigest: 'sha256:01' }],
  ['schemaVersion', { schemaVersion: 2 }],
];

export const repeating = (context: Context): void => {
  describe('the same ids again', () => {
    test('with the same content: the old answer, stored once', async () => {
      const { store, clock } = context();
      const stream = aStream(scope);
      const events = someEvents(3);
      const first = await store.append(stream, 'no-stream', events);
      clock.advance(60_000);

      expect(await store.append(stream, 'no-stream', events)).toEqual(first);

      expect(await store.head()).toBe(first.position);
    });

    test('also after later events, and whatever version the repeat expects', async () => {
      const { store } = context();
      const stream = aStream(scope);
      await store.append(stream, 'no-stream', someEvents(1));
      const events = someEvents(2);
      const first = await store.append(stream, 1, events);
      await store.append(stream, 3, someEvents(4));

      expect(await store.append(stream, 1, events)).toEqual(first);
      expect(await store.append(stream, 7, events)).toEqual(first);
      expect(await store.append(stream, 'no-stream', events)).toEqual(first);

      expect(await store.readStream(stream)).toHaveLength(7);
    });

    test('also after a restart', async () => {
      const { reopen } = context();
      const store = await reopen();
      const stream = aStream(scope);
      const events = someEvents(2);
      const first = await store.append(stream, 'no-stream', events);
      await store.append(stream, 2, someEvents(1));
      await store.close();

      expect(await (await reopen()).append(stream, 'no-stream', events)).toEqual(first);
    });

    test('members of the data in another order are the same content', async () => {
      const { store } = context();
      const stream = aStream(scope);
      const event = anEvent({ data: { a: 1, b: { c: 2, d: 3 } } });
      const first = await store.append(stream, 'no-stream', [event]);

      expect(await store.append(stream, 'no-stream', [{ ...event, data: { b: { d: 3, c: 2 }, a: 1 } }])).toEqual(first);
    });

    test('at the same time from many callers: one answer for all, stored once', async () => {
      const { store, reopen } = context();
      const second = await reopen();
      const stream = aStream(scope);
      const events = someEvents(2);

      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, index) => (index % 2 ? store : second).append(stream, 'no-stream', events)),
      );

      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(await store.readStream(stream)).toHaveLength(2);
    });

    test.each(differences)('with another %s is refused', async (_, members) => {
      const { store } = context();
      const stream = aStream(scope);
      const event = anEvent();
      const first = await store.append(stream, 'no-stream', [event]);

      for (const expected of ['no-stream', 1] as const) {
        const error = await refusalOf(store.append(stream, expected, [{ ...event, ...members }]));
        expect(error).toBeInstanceOf(EventIdConflictError);
        expect(error).toMatchObject({ stream, eventId: event.id });
      }
      expect(await store.head()).toBe(first.position);
    });

    test('beside new ones, or in another order, is another append: refused, and nothing of it is stored', async () => {
      const { store } = context();
      const stream = aStream(scope);
      const [one, two] = [anEvent(), anEvent()];
      const first = await store.append(stream, 'no-stream', [one, two]);

      for (const events of [[one, two, anEvent()], [anEvent(), one], [two, one]]) {
        expect(await refusalOf(store.append(stream, 2, events))).toBeInstanceOf(EventIdConflictError);
        expect(await refusalOf(store.append(stream, 'no-stream', events))).toBeInstanceOf(EventIdConflictError);
      }
      expect(await store.head()).toBe(first.position);
    });

    test('in another stream is another event', async () => {
      const { store } = context();
      const event = anEvent();
      const [one, other] = [aStream(scope), aStream(scope)];
      await store.append(one, 'no-stream', [event]);

      await expect(store.append(other, 'no-stream', [event])).resolves.toMatchObject({ version: 1 });

      expect(await store.readStream(one)).toMatchObject([event]);
      expect(await store.readStream(other)).toMatchObject([event]);
    });
  });
};
