import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { WrongExpectedVersionError } from '../../errors.js';
import type { Json } from '../../event.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import type { Context } from './contract-context.js';
import { everything, refusalOf, scope } from './contract-context.js';

export const appending = (context: Context): void => {
  describe('append', () => {
    test('to a new stream: versions from 1, the time of the clock, a position, a hash', async () => {
      const { store, clock } = context();
      const stream = aStream(scope);
      const events = someEvents(3);

      const appended = await store.append(stream, 'no-stream', events);

      expect(appended).toMatchObject({ stream, version: 3, position: appended.events[2]?.position });
      expect(appended.events.map(({ version }) => version)).toEqual([1, 2, 3]);
      expect(appended.events).toEqual(
        events.map((event) => expect.objectContaining({ ...event, stream, recordedAt: clock.now() })),
      );
      expect(appended.events.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
      expect(await store.readStream(stream)).toEqual(appended.events);
      expect(await store.head()).toBe(appended.position);
    });

    test('to an existing stream goes on at the next version', async () => {
      const { store } = context();
      const stream = aStream(scope);
      const first = await store.append(stream, 'no-stream', someEvents(2));

      const second = await store.append(stream, 2, someEvents(2));

      expect(second.events.map(({ version }) => version)).toEqual([3, 4]);
      expect(store.compare(first.position, second.position)).toBeLessThan(0);
      expect(await store.readStream(stream)).toEqual([...first.events, ...second.events]);
    });

    test.each([
      ['behind', 1],
      ['ahead', 3],
    ])('at a version that is %s is refused with the actual one, and stores nothing', async (_, expected) => {
      const { store } = context();
      const stream = aStream(scope);
      const before = await store.append(stream, 'no-stream', someEvents(2));

      const error = await refusalOf(store.append(stream, expected, someEvents(1)));

      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ stream, expected, actual: 2 });
      expect(await store.readStream(stream)).toHaveLength(2);
      expect(await store.head()).toBe(before.position);
    });

    test('of a new stream where one exists is refused with its version', async () => {
      const { store } = context();
      const stream = aStream(scope);
      await store.append(stream, 'no-stream', someEvents(2));

      const error = await refusalOf(store.append(stream, 'no-stream', someEvents(1)));

      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ stream, expected: 'no-stream', actual: 2 });
    });

    test('at a version of a stream that does not exist is refused, and the stream can still be started', async () => {
      const { store } = context();
      const stream = aStream(scope);

      const error = await refusalOf(store.append(stream, 1, someEvents(1)));

      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ stream, expected: 1, actual: 0 });
      await expect(store.append(stream, 'no-stream', someEvents(1))).resolves.toMatchObject({ version: 1 });
    });

    test('a refused neighbour does not fail the appends that were made at the same time', async () => {
      const { store } = context();
      const streams = Array.from({ length: 20 }, () => aStream(scope));
      const before = await everything(store);

      const results = await Promise.allSettled(
        streams.map((stream, index) => store.append(stream, index % 4 === 0 ? 7 : 'no-stream', someEvents(2))),
      );

      expect(results.map(({ status }) => status)).toEqual(
        streams.map((_, index) => (index % 4 === 0 ? 'rejected' : 'fulfilled')),
      );
      expect(await everything(store)).toHaveLength(before.length + 30);
    });

    test('every optional member of the envelope comes back, and those not given stay away', async () => {
      const { store, reopen } = context();
      const stream = aStream(scope);
      const full = anEvent({
        onBehalfOf: 'principal-7',
        causationId: 'command-1',
        commandKey: 'key/1',
        commandDigest: 'sha256:00',
      });
      const plain = anEvent({ onBehalfOf: undefined });

      await store.append(stream, 'no-stream', [full, plain]);

      const [first, second] = await (await reopen()).readStream(stream);
      expect(first).toMatchObject(full);
      for (const member of ['onBehalfOf', 'causationId', 'commandKey', 'commandDigest']) {
        expect(second).not.toHaveProperty(member);
      }
    });

    test('what the caller does to its objects afterwards does not reach the record', async () => {
      const { store } = context();
      const stream = aStream(scope);
      const data = { list: [1, 2] };
      const event = { ...anEvent(), data };

      const appending = store.append(stream, 'no-stream', [event]);
      data.list.push(3);
      event.type = 'SomethingElse';
      await appending;

      expect(await store.readStream(stream)).toMatchObject([{ type: 'StoneLaid', data: { list: [1, 2] } }]);
    });

    test('any JSON comes back as it went in', async () => {
      const { store, reopen } = context();
      const second = await reopen();
      // Without U+0000, which is refused because a text of PostgreSQL cannot hold it.
      const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('\\u0000'));
      const values = fc.array(json, { minLength: 1, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(values, async (given) => {
          const stream = aStream(scope);
          const sent = given.map((data) => anEvent({ data: data as Json }));
          const { events } = await store.append(stream, 'no-stream', sent);
          expect(events.map(({ data }) => data)).toEqual(JSON.parse(JSON.stringify(given)));
          expect(await second.readStream(stream)).toEqual(events);
        }),
        { numRuns: 25 },
      );
    });

    test.each([
      'cairn-Zürich/ÅÄÖ',
      'cairn-学校.42',
      "cairn-'; DROP TABLE es_event; --",
      'cairn-"{NULL,\\x00}%_$1',
      'cairn-🪨 and 🏔️?a=b&c#d',
      'cairn-مدرسة',
      'cairn-e\u0301 is not \u00e9',
    ])('takes the stream name %s', async (name) => {
      const { store } = context();
      const stream = `${scope}.${name}`;

      const event = anEvent({ type: name, actor: name, commandKey: name });
      const { events } = await store.append(stream, 'no-stream', [event]);

      expect(await store.readStream(stream)).toEqual(events);
      expect((await store.readAll({ filter: { streamPrefix: stream, types: [name] } })).events).toEqual(events);
      expect(await store.readStream(`${scope}.cairn-é is not e\u0301`)).toEqual([]);
    });

    test('an event type that nobody knows is stored and delivered', async () => {
      const { store } = context();
      const event = anEvent({ type: 'FromTheFuture', schemaVersion: 99, data: { unheard: ['of'] } });

      await store.append(aStream(scope), 'no-stream', [event]);

      expect((await everything(store)).at(-1)).toMatchObject(event);
    });
  });
};
