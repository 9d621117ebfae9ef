import { describe, expect, test } from '@jest/globals';
import { murmur2, partitionOfKey } from './partitioner.js';

describe('partitioner', () => {
  // The vectors of Kafka's own UtilsTest.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('murmur2 of %s is what Kafka computes', (text, hash) => {
    expect(murmur2(new TextEncoder().encode(text))).toBe(hash);
  });

  test('keys of any script spread over all partitions and stay within them', () => {
    const seen = new Set<number>();
    for (let n = 0; n < 400; n += 1) seen.add(partitionOfKey(`école-${n}-学校`, 8));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
