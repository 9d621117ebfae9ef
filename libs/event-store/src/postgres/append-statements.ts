import type pg from 'pg';

import type { ChainedEvent } from '../chain-append.js';
import type { CheckedAppend } from '../validate-append.js';
import { byteaOf, eventColumns, headColumns, metaText } from './event-row.js';

/** An append with the hashes that hold if its stream still has the head it was linked to. */
export interface LinkedAppend {
  readonly append: CheckedAppend;
  readonly previousHash: string;
  readonly events: readonly ChainedEvent[];
}

/** One row for each stored append: its number in `linked`, counted from 1, and the position of its last event. */
export const appendQuery = (schema: string, linked: readonly LinkedAppend[]): pg.QueryConfig => {
  const flat = linked.flatMap(({ append, events }, command) =>
    events.map((event, index) => ({ event, command, index, dataText: append.events[index]?.dataText ?? '' })),
  );
  const last = linked.map(({ events }) => events.at(-1));
  return {
    name: 'es_append',
    text: `SELECT command, last_pos FROM ${schema}.es_append(
      $1::text[], $2::bigint[], $3::bytea[], $4::int[], $5::bytea[], $6::timestamptz[],
      $7::int[], $8::int[], $9::uuid[], $10::text[], $11::smallint[], $12::json[], $13::json[], $14::timestamptz[],
      $15::bytea[])`,
    values: [
      arrayOf(linked.map(({ append }) => quotedElement(append.stream))),
      arrayOf(linked.map(({ append }) => append.expectedVersion)),
      arrayOf(linked.map(({ previousHash }) => byteaElement(previousHash))),
      arrayOf(linked.map(({ events }) => events.length)),
      arrayOf(last.map((event) => byteaElement(event?.hash ?? ''))),
      arrayOf(last.map((event) => event?.recordedAt ?? '')),
      arrayOf(flat.map(({ command }) => command + 1)),
      arrayOf(flat.map(({ index }) => index + 1)),
      arrayOf(flat.map(({ event }) => event.id)),
      arrayOf(flat.map(({ event }) => quotedElement(event.type))),
      arrayOf(flat.map(({ event }) => event.schemaVersion)),
      arrayOf(flat.map(({ dataText }) => quotedElement(dataText))),
      arrayOf(flat.map(({ event }) => quotedElement(metaText(event)))),
      arrayOf(flat.map(({ event }) => event.occurredAt)),
      arrayOf(flat.map(({ event }) => byteaElement(event.hash))),
    ],
  };
};

/** An array as PostgreSQL reads it, of elements that are written as such; the driver would look at each of them anew. */
const arrayOf = (elements: readonly (string | number)[]): string => `{${elements.join(',')}}`;
const quotedElement = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
const byteaElement = (hex: string): string => `"\\${byteaOf(hex)}"`;

export const headsQuery = (schema: string, appends: readonly Pick<CheckedAppend, 'stream'>[]): pg.QueryConfig => ({
  name: 'es_heads',
  text: `SELECT ${headColumns} FROM ${schema}.es_stream s WHERE s.stream_id = ANY ($1::text[])`,
  values: [appends.map(({ stream }) => stream)],
});

/** Events that bear an id of one of the appends, each in its own stream. */
export const repeatedQuery = (schema: string, appends: readonly CheckedAppend[]): pg.QueryConfig => ({
  name: 'es_repeated',
  text: `SELECT ${eventColumns} FROM unnest($1::text[], $2::uuid[]) AS asked (stream_id, id)
    CROSS JOIN LATERAL (
      SELECT * FROM ${schema}.es_event x WHERE x.stream_id = asked.stream_id AND x.event_id = asked.id LIMIT 1
    ) e`,
  values: [
    appends.flatMap(({ stream, events }) => events.map(() => stream)),
    appends.flatMap(({ events }) => events.map(({ event }) => event.id)),
  ],
});
