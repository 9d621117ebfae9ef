import type { SqlSession } from '@cairn/event-bus';

import type { Chance } from '../chance.js';
import { storeSchema } from '../system/settings.js';

const isObject = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

/** The JSON text with one bit of it flipped, so that it is JSON still: a text that no longer parses is found by anybody. */
const withFlippedBit = (chance: Chance, text: string): string => {
  for (;;) {
    const bytes = Buffer.from(text);
    const at = chance.between(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.between(0, 6));
    const flipped = bytes.toString();
    if (isObject(flipped)) return flipped;
  }
};

const write = async (session: SqlSession, stream: string, version: number, text: string): Promise<void> => {
  // One statement, and so one transaction: at no moment is the record without its guard for others.
  const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  await session.query(`
    ALTER TABLE ${storeSchema}.es_event DISABLE TRIGGER es_event_append_only;
    UPDATE ${storeSchema}.es_event SET data = ${quoted(text)}::json WHERE stream_id = ${quoted(stream)} AND version = ${version};
    ALTER TABLE ${storeSchema}.es_event ENABLE TRIGGER es_event_append_only`);
};

/** Flips a bit of a stored event, as only the superuser or the disk can; answers how to flip it back. */
export const flipBit = async (
  session: SqlSession,
  chance: Chance,
  stream: string,
  version: number,
): Promise<() => Promise<void>> => {
  const [row] = await session.query<{ text: string }>(
    `SELECT data::text AS text FROM ${storeSchema}.es_event WHERE stream_id = $1 AND version = $2`,
    [stream, version],
  );
  if (row === undefined) throw new Error(`Version ${version} of ${stream} is not there`);
  await write(session, stream, version, withFlippedBit(chance, row.text));
  return () => write(session, stream, version, row.text);
};
