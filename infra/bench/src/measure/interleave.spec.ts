import { describe, expect, test } from '@jest/globals';

import type { Side } from './interleave.js';
import { interleave, linesOf, ratioOf } from './interleave.js';

describe('interleaved rounds', () => {
  const order: string[] = [];
  const side = (name: string, rates: readonly number[]): Side => ({
    name,
    round: async (round) => {
      order.push(name);
      return rates[round] ?? 0;
    },
  });

  test('take turns, do not count the first, and give the median of the ratios', async () => {
    const rates = await interleave([side('a', [1, 10, 40, 90]), side('b', [1, 10, 20, 30])], 3);
    expect(order.join('')).toBe('abababab');
    expect(rates.map(({ median }) => median)).toEqual([40, 20]);
    expect(ratioOf(rates, 'a', 'b')).toBe(2);
    expect(linesOf(rates, 'events')[0]).toMatch(/^a +40 events\/s {3}\(10 to 90\)$/);
  });

  test('a side that did nothing is an error and no figure', async () => {
    await expect(interleave([side('idle', [5, 0])], 1)).rejects.toThrow('idle did 0 a second');
  });

  test('a ratio to a side that did not run is an error', () => {
    expect(() => ratioOf([], 'a', 'b')).toThrow('There is no side');
  });
});
