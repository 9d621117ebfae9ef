import { describe, expect, test } from '@jest/globals';

import { histogramOf, medianOf, quantileOf } from './statistics.js';

describe('the statistics of the benchmarks', () => {
  test.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
  ])('the median of %j is %d', (values, median) => {
    expect(medianOf(values)).toBe(median);
  });

  test('a quantile is a value that was measured', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect([quantileOf(hundred, 0.5), quantileOf(hundred, 0.99), quantileOf(hundred, 1), quantileOf(hundred, 0)]).toEqual([50, 99, 100, 1]);
  });

  test('of nothing there is neither', () => {
    expect(() => medianOf([])).toThrow('No values');
    expect(() => quantileOf([], 0.5)).toThrow('No values');
  });

  test('a histogram counts every duration once, and starts and ends where there are some', () => {
    expect(histogramOf([9, 10, 10.5, 39])).toEqual([
      `<=    10 ms      2 ${'#'.repeat(40)}`,
      `<=    15 ms      1 ${'#'.repeat(20)}`,
      '<=    20 ms      0',
      '<=    30 ms      0',
      `<=    40 ms      1 ${'#'.repeat(20)}`,
    ]);
  });
});
