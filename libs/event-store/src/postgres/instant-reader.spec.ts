import { describe, expect, test } from '@jest/globals';

import { InstantReader } from './instant-reader.js';

const secondsOf = (instant: string): string => {
  const milliseconds = Date.parse(instant);
  const [sign, size] = [milliseconds < 0 ? '-' : '', Math.abs(milliseconds)];
  return `${sign}${Math.floor(size / 1_000)}.${String(size % 1_000).padStart(3, '0')}000`;
};

const instants = [
  '2025-10-01T05:00:00.123Z',
  '2025-10-01T05:00:00.123Z',
  '2025-10-01T23:59:59.999Z',
  '2025-10-02T00:00:00.000Z',
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '1969-12-31T00:00:00.001Z',
  '0001-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2024-02-29T12:34:56.789Z',
  '2025-10-01T05:00:00.123Z',
];

describe('a reader of instants', () => {
  test.each([
    ['in this order', instants],
    ['backwards', instants.toReversed()],
    ['far apart', Array.from({ length: 2_000 }, (_, n) => new Date(-62_135_596_800_000 + n * 157_766_401_357).toISOString())],
    ['close together', Array.from({ length: 2_000 }, (_, n) => new Date(1_759_294_800_000 + n * 86_413).toISOString())],
  ])('reads them as they were written, %s', (_, written) => {
    const reader = new InstantReader();
    expect(written.map((instant) => reader.read(secondsOf(instant)))).toEqual(written);
  });

  test('takes a year for what it is, even where the store writes none', () => {
    expect(new InstantReader().read('253402300800.000000')).toBe(new Date(253_402_300_800_000).toISOString());
  });

  test.each(['', 'Infinity', '1759240110.25', '1759240110.250001', '1759240110', '1e9.000000', '99999999999999.000000'])(
    'refuses %j each time, and goes on',
    (text) => {
      const reader = new InstantReader();
      expect(reader.read('0.000000')).toBe('1970-01-01T00:00:00.000Z');
      for (let time = 0; time < 2; time += 1) expect(() => reader.read(text)).toThrow(Error);
      expect(reader.read('0.001000')).toBe('1970-01-01T00:00:00.001Z');
    },
  );
});
