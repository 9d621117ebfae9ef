import { DateTime, IANAZone } from 'luxon';

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

const utc = (time: DateTime): string => {
  const text = time.toUTC().toISO();
  if (text === null) throw new Error(`Not a time: ${time.invalidExplanation ?? 'unknown'}`);
  return text;
};

/** An instant with its offset needs no calendar, and every command brings one. @throws RangeError */
const utcOf = (instant: string): string => new Date(instant).toISOString();

/** Whether the platform knows this IANA time zone (`America/Chicago`). */
export const isTimeZone = (zone: string): boolean => IANAZone.isValidZone(zone);

/** The instant at which a day begins in the zone; also right where midnight does not exist on that day. */
export const startOfDay = (date: string, zone: string): string => utc(DateTime.fromISO(date, { zone }).startOf('day'));

/** The last millisecond of a day in the zone. */
export const endOfDay = (date: string, zone: string): string => utc(DateTime.fromISO(date, { zone }).endOf('day'));

/** What a caller means by when something was true: the start of a day, or the instant itself. */
export const whenRecorded = (dateOrInstant: string, zone: string): string =>
  isDate(dateOrInstant) ? startOfDay(dateOrInstant, zone) : utcOf(dateOrInstant);

/** What a reader means by a point in time: the end of a day, or the instant itself. */
export const whenRead = (dateOrInstant: string, zone: string): string =>
  isDate(dateOrInstant) ? endOfDay(dateOrInstant, zone) : utcOf(dateOrInstant);

/** The calendar day of an instant in the zone, as YYYY-MM-DD. */
export const dateOf = (instant: string, zone: string): string => DateTime.fromISO(instant, { zone }).toFormat('yyyy-MM-dd');
