import type { IncomingMessage } from '../event-bus.js';
import { quoteIdentifier } from '../quote-identifier.js';
import type { SqlSession } from '../sql-session.js';
import { idleInTransactionMs } from './consumer-functions.js';

/** The key of a parked sequence: messages of one key keep their order within one topic. */
export interface ParkedKey {
  readonly topic: string;
  readonly key: string;
}

export interface ParkedCounts {
  readonly keys: number;
  readonly messages: number;
}

/** Who drops a parked message, and why: kept with the message. */
export interface Dropping {
  readonly messageId: string;
  readonly reason: string;
  readonly by: string;
}

/** Why a message is parked that was never tried. */
export const behindParked = 'A message of the same key is parked before this one';
export const wasBehind = 'A message of the same key was parked before this one, and is not any more: this one can be replayed';

/**
 * The statements of one group on its parked messages. Whoever changes what is parked of a key holds the lock of the
 * key's row until the commit, so that "is the key parked?" has one answer for the live consumer and for a replay.
 */
export class ParkedStore {
  private readonly schema: string;

  constructor(
    schemaName: string,
    private readonly group: string,
  ) {
    this.schema = quoteIdentifier(schemaName);
  }

  /** Those of the keys that are parked, locked: a replay that is about to open one of them is waited for. */
  async lockParked(session: SqlSession, topic: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ key: string }>(
      `SELECT key FROM ${this.schema}.parked_key
       WHERE group_name = $1 AND topic = $2 AND key = ANY ($3::text[]) ORDER BY key FOR UPDATE`,
      [this.group, topic, keys],
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** Parks in the order given; `attempts` 0 says that it was never tried, since one of its key was parked before. */
  async park(session: SqlSession, messages: readonly IncomingMessage[], reason: string, attempts: number): Promise<void> {
    const [topics, keys] = [messages.map(({ topic }) => topic), messages.map(({ key }) => key)];
    await session.query(
      `INSERT INTO ${this.schema}.parked_key AS k (group_name, topic, key)
       SELECT $1, p.topic, p.key FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS u (topic, key)) p
       ORDER BY p.topic, p.key ON CONFLICT (group_name, topic, key) DO UPDATE SET key = excluded.key`,
      [this.group, topics, keys],
    );
    await session.query(
      `INSERT INTO ${this.schema}.parked_message (group_name, topic, key, message_id, reason, attempts, message)
       SELECT $1, m.topic, m.key, m.id, $2, $3, m.message::json
       FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS m (topic, key, id, message, place)
       ORDER BY m.place ON CONFLICT DO NOTHING`,
      [this.group, reason, attempts, topics, keys, messages.map(({ id }) => id), messages.map((one) => JSON.stringify(one))],
    );
  }

  /**
   * Locks the key and answers the message to apply first; undefined when none is parked. A copy that freezes lets go.
   * The messages of a key come out of one partition in the order of their source; out of two, as of a topic that was
   * made again or of two logs, they may have arrived in another. So the one that arrived first is passed by those of its
   * scope that stand before it. What has no place in a scope has the order of its arrival.
   */
  async lockFirst(session: SqlSession, { topic, key }: ParkedKey): Promise<IncomingMessage | undefined> {
    if ((await this.lockParked(session, topic, [key])).size === 0) return undefined;
    const rows = await session.query<{ message: IncomingMessage }>(
      `WITH head AS (
         SELECT source_scope, source_position, message FROM ${this.schema}.parked_message
         WHERE group_name = $1 AND topic = $2 AND key = $3 ORDER BY sequence LIMIT 1)
       SELECT coalesce(earliest.message, head.message) AS message,
         set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true)
       FROM head LEFT JOIN LATERAL (
         SELECT p.message FROM ${this.schema}.parked_message p
         WHERE p.group_name = $1 AND p.topic = $2 AND p.key = $3
           AND head.source_position IS NOT NULL AND p.source_scope = head.source_scope AND p.source_position IS NOT NULL
         ORDER BY p.source_position, p.sequence LIMIT 1) earliest ON true`,
      [this.group, topic, key],
    );
    return rows[0]?.message;
  }

  /** The message was applied after all. With the last one its key is open again. The key is locked by the caller. */
  async release(session: SqlSession, { topic, key, id }: IncomingMessage): Promise<void> {
    await session.query(`DELETE FROM ${this.schema}.parked_message WHERE group_name = $1 AND message_id = $2`, [
      this.group,
      id,
    ]);
    await this.openWhenEmpty(session, { topic, key });
  }

  /** One more attempt that failed, and why; nothing when the message is not parked any more. */
  async failedAgain(session: SqlSession, id: string, reason: string): Promise<void> {
    await session.query(
      `UPDATE ${this.schema}.parked_message SET attempts = attempts + 1, reason = $3
       WHERE group_name = $1 AND message_id = $2`,
      [this.group, id, reason],
    );
  }

  /** Moves one message to those that were dropped; false when it is not parked. */
  async drop(session: SqlSession, { topic, key }: ParkedKey, { messageId, reason, by }: Dropping): Promise<boolean> {
    if ((await this.lockParked(session, topic, [key])).size === 0) return false;
    const dropped = await session.query(
      `WITH gone AS (
         DELETE FROM ${this.schema}.parked_message
         WHERE group_name = $1 AND topic = $2 AND key = $3 AND message_id = $4 RETURNING *)
       INSERT INTO ${this.schema}.dropped_message (group_name, message_id, sequence, topic, key, reason, attempts,
         parked_at, message, dropped_by, dropped_reason)
       SELECT group_name, message_id, sequence, topic, key, reason, attempts, parked_at, message, $5, $6 FROM gone
       RETURNING 1 AS dropped`,
      [this.group, topic, key, messageId, by, reason],
    );
    await this.openWhenEmpty(session, { topic, key });
    if (dropped.length > 0) await this.tellWhatFollowed(session, { topic, key });
    return dropped.length > 0;
  }

  /** To be told once a message is gone: those behind it may have nothing before them any more that failed. */
  async tellWhatFollowed(session: SqlSession, { topic, key }: ParkedKey): Promise<void> {
    await session.query(
      `UPDATE ${this.schema}.parked_message m SET reason = $5
       WHERE m.group_name = $1 AND m.topic = $2 AND m.key = $3 AND m.attempts = 0 AND m.reason = $4 AND NOT EXISTS (
         SELECT 1 FROM ${this.schema}.parked_message e
         WHERE e.group_name = $1 AND e.topic = $2 AND e.key = $3 AND e.sequence < m.sequence AND e.reason NOT IN ($4, $5))`,
      [this.group, topic, key, behindParked, wasBehind],
    );
  }

  /** Over all keys, or of one. */
  async count(session: SqlSession, of?: ParkedKey): Promise<ParkedCounts> {
    const where = 'group_name = $1 AND ($2::text IS NULL OR (topic = $2 AND key = $3))';
    const rows = await session.query<{ keys: string; messages: string }>(
      `SELECT (SELECT count(*) FROM ${this.schema}.parked_key WHERE ${where}) AS keys,
         (SELECT count(*) FROM ${this.schema}.parked_message WHERE ${where}) AS messages`,
      [this.group, of?.topic ?? null, of?.key ?? null],
    );
    return { keys: Number(rows[0]?.keys ?? 0), messages: Number(rows[0]?.messages ?? 0) };
  }

  private async openWhenEmpty(session: SqlSession, { topic, key }: ParkedKey): Promise<void> {
    await session.query(
      `DELETE FROM ${this.schema}.parked_key k
       WHERE k.group_name = $1 AND k.topic = $2 AND k.key = $3 AND NOT EXISTS (
         SELECT 1 FROM ${this.schema}.parked_message m
         WHERE m.group_name = k.group_name AND m.topic = k.topic AND m.key = k.key)`,
      [this.group, topic, key],
    );
  }
}
