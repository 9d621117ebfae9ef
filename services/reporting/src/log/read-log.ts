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
  const streamsRead = new Map<string, ReceivedEvent[]>();
  for (const item of rows.map(received)) {
    const read = streamsRead.get(item.event.stream) ?? [];
    read.push(item);
    streamsRead.set(item.event.stream, read);
  }
  return streamsRead;
};
