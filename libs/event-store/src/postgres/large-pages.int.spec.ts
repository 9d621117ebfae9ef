import { describe, expect, test } from '@jest/globals';

import { aStream, someEvents } from '../testing/index.js';
import { appendAll, largeEvents, pagesOf } from '../testing/large-pages.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';

const records = new PostgresRecords();

describe('a page of everything is bounded by bytes, too:', () => {
  test.each(['random', 'repetitive'] as const)('large %s data come in several pages, none left out', async (kind) => {
    const { open } = await records.create();
    const store = open();
    const before = await appendAll(store, aStream(scope), someEvents(3));
    const large = await appendAll(store, aStream(scope), largeEvents(kind));
    const after = await appendAll(store, aStream(scope), someEvents(3));

    const pages = await pagesOf(store);
    expect(pages.map(({ length }) => length)).toEqual([3 + 20 - (kind === 'random' ? 0 : 4), expect.any(Number), 0]);
    expect(pages.flat().map(({ id }) => id)).toEqual([...before, ...large, ...after]);

    const filtered = await pagesOf(store, { types: ['Large'] });
    expect(Math.max(...filtered.map(({ length }) => length))).toBeLessThan(21);
    expect(filtered.flat().map(({ id }) => id)).toEqual(large);
  });

  test('many small events still fit into one', async () => {
    const { open } = await records.create();
    const store = open();
    const appends = Array.from({ length: 10 }, () => store.append(aStream(scope), 'no-stream', someEvents(400)));
    await Promise.all(appends);
    expect((await pagesOf(store)).map(({ length }) => length)).toEqual([4_000, 0]);
  });
});
