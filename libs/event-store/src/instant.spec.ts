import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { isInstant, millisecondsOf } from './instant.js';

describe('the milliseconds of an instant', () => {
  const [first, last] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

  test('are those of the calendar, in every year', () => {
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), (milliseconds) => {
        const instant = new Date(milliseconds).toISOString();
        expect(isInstant(instant)).toBe(true);
        expect(millisecondsOf(instant)).toBe(milliseconds);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '0001-01-01T00:00:00.000Z',
    '1900-02-28T23:59:59.999Z',
    '1900-03-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '2000-02-29T12:00:00.000Z',
    '2024-02-29T00:00:00.001Z',
    '2100-03-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])('are right at the edges of years and centuries: %s', (instant) => {
    expect(millisecondsOf(instant)).toBe(Date.parse(instant));
  });
});
