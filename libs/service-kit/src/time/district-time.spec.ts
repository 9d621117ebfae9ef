import { describe, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';

import { dateOrInstantSchema } from '../http/validation.js';
import { dateOf, endOfDay, isTimeZone, startOfDay, whenRead, whenRecorded } from './district-time.js';

describe('the time of a district', () => {
  test.each([
    ['summer time', '2025-10-01', '2025-10-01T05:00:00.000Z', '2025-10-02T04:59:59.999Z'],
    ['winter time', '2025-12-01', '2025-12-01T06:00:00.000Z', '2025-12-02T05:59:59.999Z'],
    ['the day of 25 hours', '2025-11-02', '2025-11-02T05:00:00.000Z', '2025-11-03T05:59:59.999Z'],
  ])('a day in %s', (_name, day, start, end) => {
    expect(startOfDay(day, 'America/Chicago')).toBe(start);
    expect(endOfDay(day, 'America/Chicago')).toBe(end);
  });

  test('a day without midnight begins at its first moment', () => {
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
  });

  test('a date is the start of the day when recorded and its end when read; an instant is itself', () => {
    expect(whenRecorded('2025-10-01', 'America/Chicago')).toBe('2025-10-01T05:00:00.000Z');
    expect(whenRead('2025-10-01', 'America/Chicago')).toBe('2025-10-02T04:59:59.999Z');
    expect(whenRecorded('2025-10-01T08:00:00+02:00', 'America/Chicago')).toBe('2025-10-01T06:00:00.000Z');
    expect(whenRead('2025-10-01T08:00:00.5Z', 'America/Chicago')).toBe('2025-10-01T08:00:00.500Z');
  });

  test.each(['2025-10-01T08:00:00Z', '2025-10-01T08:00:00.9996Z', '1900-01-01T00:30:00+23:59', '2200-12-31T23:59:59.999999-23:59'])(
    '%s is the instant that a calendar makes of it',
    (instant) => {
      expect(dateOrInstantSchema.parse(instant)).toBe(instant);
      expect(whenRecorded(instant, 'America/Chicago')).toBe(DateTime.fromISO(instant).toUTC().toISO());
    },
  );

  test('an instant belongs to the day of the district', () => {
    expect(dateOf('2025-10-01T04:59:59.999Z', 'America/Chicago')).toBe('2025-09-30');
  });

  test('zones are known by their IANA name', () => {
    expect(isTimeZone('America/Chicago')).toBe(true);
    expect(isTimeZone('Nashville')).toBe(false);
  });
});
