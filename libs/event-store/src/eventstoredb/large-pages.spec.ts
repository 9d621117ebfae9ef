import { expect, test } from '@jest/globals';

import { aStream, someEvents } from '../testing/index.js';
import { appendAll, largeEvents, pagesOf } from '../testing/large-pages.js';
import { DoubleContext, scope } from './testing/double-context.js';

const context = new DoubleContext();

test('a page of everything is bounded by bytes, too: large events come in several, none left out', async () => {
  const store = context.open((await context.double()).url);
  const before = await appendAll(store, aStream(scope), someEvents(3, { type: 'Small' }));
  const large = await appendAll(store, aStream(scope), largeEvents('random'));
  const after = await appendAll(store, aStream(scope), someEvents(3, { type: 'Small' }));

  const pages = await pagesOf(store);
  expect(Math.max(...pages.map(({ length }) => length))).toBe(3 + 20);
  expect(pages.flat().map(({ id }) => id)).toEqual([...before, ...large, ...after]);

  const filtered = await pagesOf(store, { types: ['Large'] });
  expect(filtered.flat().map(({ id }) => id)).toEqual(large);
  // Full of what does not match is not the end.
  const behind = await store.readAll({ after: pages[0]?.[2]?.position, limit: 4_096, filter: { types: ['Small'] } });
  expect(behind.events.map(({ id }) => id)).toEqual(after);
  expect(await store.head()).toBe(pages.flat().at(-1)?.position);
});
