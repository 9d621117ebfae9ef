import type { Instant } from './event.js';

const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Whether the text is an instant of the calendar, years 1 to 9999, in the one form that is stored and hashed. */
export const isInstant = (text: unknown): text is Instant => {
  if (typeof text !== 'string' || !shape.test(text) || text.startsWith('0000')) return false;
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
};

/** The later of two instants; texts of this form sort in the order of time. */
export const laterOf = (left: Instant, right: Instant): Instant => (left > right ? left : right);
