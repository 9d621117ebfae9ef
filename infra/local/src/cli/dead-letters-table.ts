import type { ParkedMessage } from './dead-letters-of.js';

const reasonCharactersMax = 160;

/** One line without anything that a terminal would obey: reasons and keys may repeat what a message says. */
export const plainText = (text: string, charactersMax = reasonCharactersMax): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= charactersMax ? line : `${characters.slice(0, charactersMax - 1).join('')}…`;
};

const triedWords = (attempts: number): string => (attempts === 0 ? 'never' : attempts === 1 ? 'once' : `${attempts} times`);

const columns: readonly (readonly [title: string, of: (parked: ParkedMessage) => string])[] = [
  ['SERVICE', ({ service }) => service],
  ['TOPIC', ({ topic }) => topic],
  ['KEY', ({ key }) => plainText(key, 60)],
  ['ID', ({ messageId }) => plainText(messageId, 60)],
  ['DISTRICT', ({ district }) => plainText(district ?? '-', 40)],
  ['TYPE', ({ type }) => plainText(type ?? '-', 60)],
  ['PARKED', ({ parkedAt }) => parkedAt],
  ['TRIED', ({ attempts }) => triedWords(attempts)],
  ['WHY', ({ reason }) => plainText(reason)],
];

/** Parked messages as a table for people, under how many keys and messages it shows. */
export const deadLettersTable = (items: readonly ParkedMessage[]): string => {
  const rows = [columns.map(([title]) => title), ...items.map((item) => columns.map(([, of]) => of(item)))];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd());
  const keys = new Set(items.map(({ service, topic, key }) => JSON.stringify([service, topic, key]))).size;
  const counted = `${items.length} ${items.length === 1 ? 'message is' : 'messages are'} parked under ${keys} ${keys === 1 ? 'key' : 'keys'}.`;
  return [...lines, counted].join('\n');
};
