import type { Instant } from './event.js';

const shape = /^\d{4}-(?:0[1-9]|1[0-2])-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Whether the text is an instant of the calendar, years 1 to 9999, in the one form that is stored and hashed. */
export const isInstant = (text: unknown): text is Instant => {
  if (typeof text !== 'string' || text.startsWith('0000')) return false;
  const [, day = ''] = shape.exec(text) ?? [];
  if (day >= '01' && day <= '28') return true;
  // Only the calendar knows which months have a 29th, a 30th, a 31st.
  const milliseconds = day > '28' && day <= '31' ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
};

/** The later of two instants; texts of this form sort in the order of time. */
export const laterOf = (left: Instant, right: Instant): Instant => (left > right ? left : right);

const dayMs = 86_400_000;
/** Days before the first of each month in a year that begins in March, whose leap day is its last. */
const daysBefore = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275] as const;
/** From 0000-03-01 to 1970-01-01. */
const daysToEpoch = 719_468;

/**
 * Milliseconds since 1970 of an instant that `isInstant` holds for, by the arithmetic of the Gregorian calendar: the
 * platform's reading, which knows many forms, takes several times as long.
 */
export const millisecondsOf = (instant: Instant): number => {
  const month = twoDigits(instant, 5);
  const year = twoDigits(instant, 0) * 100 + twoDigits(instant, 2) - (month < 3 ? 1 : 0);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  const days = year * 365 + leapDays + (daysBefore[month - 1] ?? 0) + twoDigits(instant, 8) - 1 - daysToEpoch;
  const seconds = (twoDigits(instant, 11) * 60 + twoDigits(instant, 14)) * 60 + twoDigits(instant, 17);
  return days * dayMs + seconds * 1_000 + (instant.charCodeAt(20) - 48) * 100 + twoDigits(instant, 21);
};

const twoDigits = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
