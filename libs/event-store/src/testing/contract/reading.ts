import { describe, expect, test } from '@jest/globals';

import { InvalidReadError } from '../../errors.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import type { Context } from './contract-context.js';
import { everything, refusalOf, scope } from './contract-context.js';

export const reading = (context: Context): void => {
  describe('read a stream', () => {
    test('that does not exist: no events', async () => {
      const { store } = context();
      expect(await store.readStream(aStream(scope))).toEqual([]);
      expect(await store.readStream('contract-suite.cairn-\u0000')).toEqual([]);
      expect(await store.readStream(aStream(scope), { direction: 'backwards', from: 5 })).toEqual([]);
    });

    test('past its end: no events', async () => {
      const { store } = context();
      const stream = aStream(scope);
      await store.append(stream, 'no-stream', someEvents(3));
      expect(await store.readStream(stream, { from: 4 })).toEqual([]);
    });

    test('forwards in pages', async () => {
      const { store } = context();
      const stream = aStream(scope);
      await store.append(stream, 'no-stream', someEvents(7));
      const page = async (from: number): Promise<readonly number[]> =>
        (await store.readStream(stream, { from, limit: 3 })).map(({ version }) => version);

      expect([await page(1), await page(4), await page(7)]).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    });

    test('backwards in pages, from the end or from a version', async () => {
      const { store } = context();
      const stream = aStream(scope);
      await store.append(stream, 'no-stream', someEvents(7));
      const page = async (from?: number): Promise<readonly number[]> => {
        const start = from === undefined ? {} : { from };
        const events = await store.readStream(stream, { direction: 'backwards', limit: 3, ...start });
        return events.map(({ version }) => version);
      };

      expect([await page(), await page(4), await page(1)]).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
      expect(await page(100)).toEqual([7, 6, 5]);
    });

    test('one event by its id', async () => {
      const { store } = context();
      const stream = aStream(scope);
      const { events } = await store.append(stream, 'no-stream', someEvents(3));

      expect(await store.findEvent(stream, events[1]?.id ?? '')).toEqual(events[1]);
      expect(await store.findEvent(stream, anEvent().id)).toBeUndefined();
      expect(await store.findEvent(aStream(scope), events[1]?.id ?? '')).toBeUndefined();
      expect(await store.findEvent(stream, 'no UUID')).toBeUndefined();
    });
  });

  describe('read everything', () => {
    test('of an empty store: no events, and the head is before the first', async () => {
      const { store } = context();
      const page = await store.readAll();
      expect(page.events).toEqual([]);
      expect(store.compare(page.readUpTo, await store.head())).toBe(0);

      const { position } = await store.append(aStream(scope), 'no-stream', someEvents(1));

      expect((await store.readAll({ after: page.readUpTo })).events).toMatchObject([{ position }]);
    });

    test('in one order: that of the appends, the same every time, in pages of any size, after a restart', async () => {
      const { store, reopen } = context();
      const streams = [aStream(scope), aStream(scope), aStream(scope)];
      const ids: string[] = [];
      for (let round = 0; round < 5; round += 1) {
        for (const stream of streams) {
          const { events } = await store.append(stream, round === 0 ? 'no-stream' : round * 2, someEvents(2));
          ids.push(...events.map(({ id }) => id));
        }
      }

      const all = await everything(store);

      expect(all.map(({ id }) => id)).toEqual(ids);
      for (const size of [1, 4, 7, 500]) expect(await everything(store, size)).toEqual(all);
      expect(await everything(await reopen())).toEqual(all);
      const positions = all.map(({ position }) => position);
      expect([...positions].reverse().sort((left, right) => store.compare(left, right))).toEqual(positions);
      expect(new Set(positions).size).toBe(30);
    });

    test('from a position on, and past the end', async () => {
      const { store } = context();
      const { events, position } = await store.append(aStream(scope), 'no-stream', someEvents(5));

      expect((await store.readAll({ after: events[1]?.position })).events).toEqual(events.slice(2));
      expect(await store.readAll({ after: position })).toEqual({ events: [], readUpTo: position });
    });

    test('by stream prefix, by type, by both; what does not match has been looked at all the same', async () => {
      const { store } = context();
      const [cairn, path] = [aStream(scope, 'cairn'), aStream(scope, 'path_way')];
      await store.append(cairn, 'no-stream', [anEvent({ type: 'A' }), anEvent({ type: 'B' })]);
      await store.append(path, 'no-stream', [anEvent({ type: 'B' }), anEvent({ type: 'C' })]);
      const last = await store.append(aStream(scope, 'pathXway'), 'no-stream', [anEvent({ type: 'B' })]);
      const found = async (filter: { streamPrefix?: string; types?: string[] }): Promise<readonly string[]> => {
        const page = await store.readAll({ filter });
        expect(page.readUpTo).toBe(last.position);
        const names = new Map([
          [cairn, 'cairn'],
          [path, 'path'],
        ]);
        return page.events.map(({ stream, type }) => `${names.get(stream) ?? 'other'} ${type}`);
      };

      expect(await found({ types: ['B'] })).toEqual(['cairn B', 'path B', 'other B']);
      expect(await found({ types: ['A', 'C'] })).toEqual(['cairn A', 'path C']);
      expect(await found({ streamPrefix: `${scope}.path_` })).toEqual(['path B', 'path C']);
      expect(await found({ streamPrefix: `${scope}.path`, types: ['B'] })).toEqual(['path B', 'other B']);
      expect(await found({ streamPrefix: `${scope}.nothing` })).toEqual([]);
      expect(await found({ types: [] })).toEqual([]);
    });

    test('a page that is filled by a filter ends at its last event', async () => {
      const { store } = context();
      const types = ['A', 'B', 'A', 'B', 'A', 'B'];
      const { events } = await store.append(aStream(scope), 'no-stream', types.map((type) => anEvent({ type })));

      const page = await store.readAll({ filter: { types: ['A'] }, limit: 2 });

      expect(page.events.map(({ version }) => version)).toEqual([1, 3]);
      expect(store.compare(page.readUpTo, events[2]?.position ?? '')).toBeGreaterThanOrEqual(0);
      const next = await store.readAll({ filter: { types: ['A'] }, limit: 2, after: page.readUpTo });
      expect(next.events.map(({ version }) => version)).toEqual([5]);
    });
  });
};

export const refusingReads = (context: Context): void => {
  describe('a read that cannot be', () => {
    test.each([0, -1, 1.5, 4_097])('a limit of %d is refused', async (limit) => {
      const { store } = context();
      expect(await refusalOf(store.readAll({ limit }))).toBeInstanceOf(InvalidReadError);
      expect(await refusalOf(store.readStream(aStream(scope), { limit }))).toBeInstanceOf(InvalidReadError);
    });

    const noPositions = ['', 'abc', '-1', '1.5', '01', '1e3', '99999999999999999999999'];
    test.each(noPositions)('position %j is refused', async (after) => {
      const { store } = context();
      expect(await refusalOf(store.readAll({ after }))).toBeInstanceOf(InvalidReadError);
      expect(() => store.compare(after, after)).toThrow(InvalidReadError);
      expect(() => store.subscribe({ from: after, handle: async () => undefined })).toThrow(InvalidReadError);
    });
  });
};
