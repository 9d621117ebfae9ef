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
