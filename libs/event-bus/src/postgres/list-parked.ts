import type { IncomingMessage } from '../event-bus.js';
import { quoteIdentifier } from '../quote-identifier.js';
import type { SqlSession } from '../sql-session.js';

/** A message that could not be applied, or that follows one of its key. */
export interface ParkedMessage {
  /** Grows in the order of arrival; `replayParked` says in which order those of a key are applied after all. */
  readonly sequence: string;
  readonly group: string;
  readonly reason: string;
  /** How often it was tried; 0 for one that only stands behind another. */
  readonly attempts: number;
  /** RFC 3339, UTC. */
  readonly parkedAt: string;
  readonly message: IncomingMessage;
}

export interface ListParkedOptions {
  /** Exclusive. */
  readonly after?: string;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** Those of one topic alone. */
  readonly topic?: string;
  /** Those of one key alone. */
  readonly key?: string;
}

interface ParkedRow {
  readonly sequence: string;
  readonly group_name: string;
  readonly reason: string;
  readonly attempts: number;
  readonly parked_at: Date;
  readonly message: IncomingMessage;
}

/** The parked messages of a group, in the order of their sequence. */
export const listParked = async (
  session: SqlSession,
  schema: string,
  group: string,
  options: ListParkedOptions = {},
): Promise<readonly ParkedMessage[]> => {
  const rows = await session.query<ParkedRow>(
    `SELECT p.sequence::text, p.group_name, p.reason, p.attempts, p.parked_at, p.message
     FROM ${quoteIdentifier(schema)}.parked_message p
     WHERE p.group_name = $1 AND p.sequence > $2
       AND ($4::text IS NULL OR p.topic = $4) AND ($5::text IS NULL OR p.key = $5)
     ORDER BY p.sequence LIMIT $3`,
    [
      group,
      options.after ?? '0',
      Math.min(1_000, Math.max(1, options.limit ?? 100)),
      options.topic ?? null,
      options.key ?? null,
    ],
  );
  return rows.map((row) => ({
    sequence: row.sequence,
    group: row.group_name,
    reason: row.reason,
    attempts: row.attempts,
    parkedAt: row.parked_at.toISOString(),
    message: row.message,
  }));
};
