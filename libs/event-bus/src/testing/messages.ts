import type { OutgoingMessage } from '../event-bus.js';

/** A message for tests; what matters to the case is given, the rest is plausible. */
export const message = (id: string, key: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id,
  key,
  headers: {},
  value: JSON.stringify({ id }),
  scope: 'test',
  sourcePosition: id.replace(/\D/g, '') || '0',
  ...more,
});

/** `count` messages `<prefix>-1` ..., going round over the keys. */
export const messages = (prefix: string, count: number, keys: readonly string[]): OutgoingMessage[] =>
  Array.from({ length: count }, (_, at) => message(`${prefix}-${at + 1}`, keys[at % keys.length] ?? 'key'));

export const manyKeys = (count: number): string[] => Array.from({ length: count }, (_, at) => `school-${at + 1}`);
