import type pg from 'pg';

import type { ChainedEvent } from '../chain-append.js';
import { chainStart } from '../hash-chain.js';
import type { CheckedAppend } from '../validate-append.js';
import { binaryArray } from './binary/binary-array.js';
import { BinaryWriter } from './binary/binary-writer.js';
import { eventColumns, headColumns, metaText } from './event-row.js';

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
  const heads = linked.map(({ events }) => events.at(-1) ?? chainStart);
  // About what it will be; it grows.
  const writer = new BinaryWriter(linked.reduce((bytes, { append }) => bytes + append.bytes, 0));
  return {
    name: 'es_append',
    text: `SELECT command, last_pos FROM ${schema}.es_append(
      $1::text[], $2::bigint[], $3::bytea[], $4::int[], $5::bytea[], $6::timestamptz[],
      $7::int[], $8::int[], $9::uuid[], $10::text[], $11::smallint[], $12::json[], $13::json[], $14::timestamptz[],
      $15::bytea[])`,
    values: [
      binaryArray(writer, 'text', linked, ({ append }) => writer.text(append.stream)),
      binaryArray(writer, 'bigint', linked, ({ append }) => writer.bigint(append.expectedVersion)),
      binaryArray(writer, 'bytea', linked, ({ previousHash }) => writer.hex(previousHash)),
      binaryArray(writer, 'int', linked, ({ events }) => writer.int(events.length)),
      binaryArray(writer, 'bytea', heads, ({ hash }) => writer.hex(hash)),
      binaryArray(writer, 'timestamptz', heads, ({ recordedAt }) => writer.instant(recordedAt)),
      binaryArray(writer, 'int', flat, ({ command }) => writer.int(command + 1)),
      binaryArray(writer, 'int', flat, ({ index }) => writer.int(index + 1)),
      binaryArray(writer, 'uuid', flat, ({ event }) => writer.uuid(event.id)),
      binaryArray(writer, 'text', flat, ({ event }) => writer.text(event.type)),
      binaryArray(writer, 'smallint', flat, ({ event }) => writer.smallint(event.schemaVersion)),
      binaryArray(writer, 'json', flat, ({ dataText }) => writer.text(dataText)),
      binaryArray(writer, 'json', flat, ({ event }) => writer.text(metaText(event))),
      binaryArray(writer, 'timestamptz', flat, ({ event }) => writer.instant(event.occurredAt)),
      binaryArray(writer, 'bytea', flat, ({ event }) => writer.hex(event.hash)),
    ],
  };
};

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
