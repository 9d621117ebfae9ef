import { describe, expect, test } from '@jest/globals';

import { addDays, addMonths, dayOf, daysBetween, endOfDay, isDay, schoolYearOf, startOfDay } from './zone.js';

const chicago = 'America/Chicago';
const at = (ms: number): string => new Date(ms).toISOString();

describe('days of a district', () => {
  test.each([
    ['winter', '2025-01-15', '2025-01-15T06:00:00.000Z', '2025-01-16T05:59:59.999Z'],
    ['summer', '2025-07-15', '2025-07-15T05:00:00.000Z', '2025-07-16T04:59:59.999Z'],
    ['the day the clocks go forward has 23 hours', '2025-03-09', '2025-03-09T06:00:00.000Z', '2025-03-10T04:59:59.999Z'],
    ['the day the clocks go back has 25 hours', '2025-11-02', '2025-11-02T05:00:00.000Z', '2025-11-03T05:59:59.999Z'],
  ])('%s', (_name, day, start, end) => {
    expect(at(startOfDay(day, chicago))).toBe(start);
    expect(at(endOfDay(day, chicago))).toBe(end);
    expect(dayOf(start, chicago)).toBe(day);
    expect(dayOf(end, chicago)).toBe(day);
  });

  test('a zone east of Greenwich', () => {
    expect(at(startOfDay('2025-07-15', 'Pacific/Auckland'))).toBe('2025-07-14T12:00:00.000Z');
  });

  test('a day that the calendar does not have is none', () => {
    expect(isDay('2025-02-31')).toBe(false);
    expect(isDay('2024-02-29')).toBe(true);
    expect(isDay('tomorrow')).toBe(false);
  });

  test('a month before the 31st is the last day of a shorter month', () => {
    expect(addMonths('2025-03-31', -1)).toBe('2025-02-28');
    expect(addMonths('2025-01-15', -1)).toBe('2024-12-15');
    expect(addMonths('2024-12-31', 2)).toBe('2025-02-28');
  });

  test('counting days crosses the change of clocks', () => {
    expect(daysBetween('2025-03-01', '2025-04-01')).toBe(31);
    expect(addDays('2025-12-31', 1)).toBe('2026-01-01');
  });

  test('the school year begins in its first month', () => {
    expect(schoolYearOf('2025-07-31', 8)).toBe(2024);
    expect(schoolYearOf('2025-08-01', 8)).toBe(2025);
  });
});
