import type pg from 'pg';

import type { EventFilter, StreamId } from '../event.js';
import { eventStoreLimits as limits } from '../event.js';
import { eventColumns } from './event-row.js';
import { packedColumns } from './packed-row.js';

/** How many positions one statement looks through at most. */
export const readWindowPositions = 20_000;

export const readStreamQuery = (
  schema: string,
  stream: StreamId,
  { backwards, from, limit }: { backwards: boolean; from: number; limit: number },
): pg.QueryArrayConfig => ({
  name: backwards ? 'es_read_backwards' : 'es_read_forwards',
  rowMode: 'array',
  text: `SELECT ${packedColumns} FROM ${schema}.es_event e
    WHERE e.stream_id = $1 AND e.version ${backwards ? '<=' : '>='} $2
    ORDER BY e.version ${backwards ? 'DESC' : 'ASC'} LIMIT $3`,
  values: [stream, from, limit],
});

/** No way of compressing that PostgreSQL has makes more of one byte. */
const expansionMax = 256;

/**
 * What data takes in memory at most, without reading what lies outside its row: exact unless it is compressed. An
 * integer, as PostgreSQL adds up anything larger as decimals, which costs more than to read the events.
 */
const dataBytesMax = `CASE WHEN pg_column_compression(x.data) IS NULL THEN pg_column_size(x.data)
  ELSE least(least(pg_column_size(x.data), ${limits.eventBytesMax}) * ${expansionMax}, ${limits.eventBytesMax}) END`;

/**
 * What is larger may have been counted as more than it is, so that a page with it may be full. A page of the most
 * events that are all smaller never is.
 */
export const largeDataCharacters = 1_000;

/** A packed event, of which there are no data where there is none, and the head. */
export type ReadAllRow = [envelope: string, data: string | null, head: string];

export const isEvent = (row: ReadAllRow): row is ReadAllRow & [string, string, string] => row[1] !== null;

/**
 * The head and the page in one statement and so of one moment. Without events one row with the head alone. The page
 * ends with the event that fills it.
 */
export const readAllQuery = (
  schema: string,
  after: number,
  filter: EventFilter | undefined,
  limit: number,
): pg.QueryArrayConfig => ({
  name: 'es_read_all',
  rowMode: 'array',
  text: `SELECT ${packedColumns}, h.pos AS head FROM ${schema}.es_head h LEFT JOIN LATERAL (
      SELECT x.*, ${dataBytesMax} AS bytes, sum(${dataBytesMax}) OVER (ORDER BY x.pos ROWS UNBOUNDED PRECEDING) AS up_to FROM (
        SELECT * FROM ${schema}.es_event x
        WHERE x.pos > $1::bigint AND x.pos <= $1::bigint + ${readWindowPositions}
          AND ($2::text[] IS NULL OR x.type = ANY ($2::text[]))
          AND ($3::text IS NULL OR starts_with(x.stream_id, $3::text))
        ORDER BY x.pos LIMIT $4
      ) x
    ) e ON e.up_to - e.bytes < ${limits.readBytesMax} WHERE h.one = 1 ORDER BY e.pos`,
  values: [after, filter?.types ?? null, filter?.streamPrefix ?? null, limit],
});

export const findQuery = (schema: string, stream: StreamId, eventId: string): pg.QueryConfig => ({
  name: 'es_find',
  text: `SELECT ${eventColumns} FROM ${schema}.es_event e WHERE e.stream_id = $1 AND e.event_id = $2`,
  values: [stream, eventId],
});

export const headQuery = (schema: string): pg.QueryConfig => ({
  name: 'es_head',
  text: `SELECT h.pos FROM ${schema}.es_head h WHERE h.one = 1`,
});

export const storeIdQuery = (schema: string): pg.QueryConfig => ({
  name: 'es_store_id',
  text: `SELECT s.id FROM ${schema}.es_store s WHERE s.one = 1`,
});
