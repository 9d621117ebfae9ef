import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

import type { ReceivedEvent } from './received-event.js';

interface LogRow {
  readonly position: string;
  readonly event: AnyPublicEvent;
}

const received = (row: LogRow): ReceivedEvent => ({ logPosition: Number(row.position), event: row.event });

/** Position of the last event received; 0 for an empty log. */
export const logHead = async (session: SqlSession): Promise<number> => {
  const [row] = await session.query<{ position: string }>('SELECT log_position::text AS position FROM received_head WHERE one = 1');
  return Number(row?.position ?? 0);
};

/** Up to `limit` events after the position (exclusive), in their order. */
export const readLog = async (session: SqlSession, after: number, limit: number): Promise<readonly ReceivedEvent[]> => {
  const rows = await session.query<LogRow>(
    'SELECT log_position::text AS position, event FROM received_event WHERE log_position > $1 ORDER BY log_position LIMIT $2',
    [after, limit],
  );
  return rows.map(received);
};

/** Everything received of these streams up to the position (inclusive), by stream, in the order of their versions. */
export const readStreams = async (
  session: SqlSession,
  streams: readonly string[],
  upTo: number,
): Promise<ReadonlyMap<string, readonly ReceivedEvent[]>> => {
  const rows = await session.query<LogRow>(
    `SELECT log_position::text AS position, event FROM received_event
     WHERE stream = ANY($1::text[]) AND log_position <= $2 ORDER BY stream, stream_version`,
    [streams, upTo],
  );
  return byStream(rows);
};

/** What a stream has at most that is handed over with an event of it. */
export const shortStream = { eventsMax: 50, charactersMax: 50_000 } as const;

/**
 * Everything received of those of these streams that are short, by stream, in the order of their versions. It goes along
 * with the next statement.
 */
export const readShortStreams = async (session: SqlSession, streams: readonly string[]): Promise<ReadonlyMap<string, readonly ReceivedEvent[]>> => {
  const rows = await session.query<LogRow>(
    'SELECT log_position::text AS position, event FROM received_short_streams($1, $2, $3)',
    [streams, shortStream.eventsMax, shortStream.charactersMax],
    { name: 'received_short_streams', withNext: true },
  );
  return byStream(rows);
};

const byStream = (rows: readonly LogRow[]): ReadonlyMap<string, readonly ReceivedEvent[]> => {
  const streams = new Map<string, ReceivedEvent[]>();
  for (const item of rows.map(received)) {
    const read = streams.get(item.event.stream) ?? [];
    read.push(item);
    streams.set(item.event.stream, read);
  }
  return streams;
};
