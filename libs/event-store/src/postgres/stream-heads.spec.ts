import { expect, test } from '@jest/globals';

import { chainStart } from '../hash-chain.js';
import { StreamHeads } from './stream-heads.js';

test('the heads of streams forget the one that was set longest ago', () => {
  const heads = new StreamHeads(2);
  heads.set('a', chainStart);
  heads.set('b', chainStart);
  heads.set('a', { ...chainStart, version: 2 });
  heads.set('c', chainStart);

  expect(heads.get('a')?.version).toBe(2);
  expect(heads.get('b')).toBeUndefined();
  expect(heads.get('c')).toBe(chainStart);
  heads.delete('a');
  expect(heads.get('a')).toBeUndefined();
});
