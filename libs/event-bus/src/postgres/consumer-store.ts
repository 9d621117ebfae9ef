import type { IncomingMessage } from '../event-bus.js';
import { quoteIdentifier } from '../quote-identifier.js';
import type { SqlSession } from '../sql-session.js';

export interface ProgressRow {
  readonly topic: string;
  readonly partition: number;
  readonly scope: string;
  readonly source_position: string;
}

export interface OffsetRow {
  readonly topic: string;
  readonly partition: number;
  readonly last_offset: string;
}

export interface Checkpoint {
  readonly topic: string;
  readonly partition: number;
  readonly lastOffset: string;
  readonly fence: number;
}

/** The statements of one group on the tables of `consumerTables`. */
export class ConsumerStore {
  private readonly schema: string;

  constructor(
    schemaName: string,
    private readonly group: string,
  ) {
    this.schema = quoteIdentifier(schemaName);
  }

  async lastOffset(session: SqlSession, topic: string, partition: number): Promise<string | undefined> {
    const rows = await session.query<{ last_offset: string }>(
      `SELECT last_offset::text FROM ${this.schema}.consumer_checkpoint
       WHERE group_name = $1 AND topic = $2 AND partition = $3`,
      [this.group, topic, partition],
    );
    return rows[0]?.last_offset;
  }

  /** Each partition that has a checkpoint, and the offset it stands at. */
  async lastOffsets(session: SqlSession): Promise<readonly OffsetRow[]> {
    return session.query<OffsetRow>(
      `SELECT topic, partition, last_offset::text FROM ${this.schema}.consumer_checkpoint WHERE group_name = $1`,
      [this.group],
    );
  }

  /**
   * Moves the checkpoint and locks its row until the commit. Answers false for a fence that is older than the row's:
   * two owners take turns at this lock, and the old one finds out here. The offset never goes back.
   */
  async moveCheckpoint(session: SqlSession, checkpoint: Checkpoint): Promise<boolean> {
    const rows = await session.query(
      `INSERT INTO ${this.schema}.consumer_checkpoint AS c (group_name, topic, partition, last_offset, fence)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (group_name, topic, partition) DO UPDATE
         SET last_offset = greatest(c.last_offset, excluded.last_offset), fence = excluded.fence, changed_at = now()
         WHERE c.fence <= excluded.fence
       RETURNING 1 AS moved`,
      [this.group, checkpoint.topic, checkpoint.partition, checkpoint.lastOffset, checkpoint.fence],
    );
    return rows.length > 0;
  }

  /** Notes the ids as taken in; answers those that were not before. */
  async takeIn(session: SqlSession, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ message_id: string }>(
      `INSERT INTO ${this.schema}.consumer_inbox (group_name, message_id) SELECT $1, unnest($2::text[])
       ON CONFLICT DO NOTHING RETURNING message_id`,
      [this.group, ids],
    );
    return new Set(rows.map((row) => row.message_id));
  }

  async parkedKeys(session: SqlSession, topic: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ key: string }>(
      `SELECT DISTINCT key FROM ${this.schema}.parked_message
       WHERE group_name = $1 AND topic = $2 AND key = ANY ($3::text[])`,
      [this.group, topic, keys],
    );
    return new Set(rows.map((row) => row.key));
  }

  async countParkedKeys(session: SqlSession): Promise<number> {
    const rows = await session.query<{ keys: string }>(
      `SELECT count(DISTINCT (topic, key)) AS keys FROM ${this.schema}.parked_message WHERE group_name = $1`,
      [this.group],
    );
    return Number(rows[0]?.keys ?? 0);
  }

  /** Parks in the order given; `attempts` 0 says that it was never tried, since one of its key was parked before. */
  async park(
    session: SqlSession,
    messages: readonly IncomingMessage[],
    reason: string,
    attempts: number,
  ): Promise<void> {
    await session.query(
      `INSERT INTO ${this.schema}.parked_message (group_name, topic, key, message_id, reason, attempts, message)
       SELECT $1, m.topic, m.key, m.id, $2, $3, m.message::json
       FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS m (topic, key, id, message, place)
       ORDER BY m.place ON CONFLICT DO NOTHING`,
      [
        this.group,
        reason,
        attempts,
        messages.map(({ topic }) => topic),
        messages.map(({ key }) => key),
        messages.map(({ id }) => id),
        messages.map((message) => JSON.stringify(message)),
      ],
    );
  }

  /** Progress of the whole group, or of one partition. */
  async progress(session: SqlSession, of?: { topic: string; partition: number }): Promise<readonly ProgressRow[]> {
    return session.query<ProgressRow>(
      `SELECT topic, partition, scope, source_position FROM ${this.schema}.consumer_progress
       WHERE group_name = $1 AND ($2::text IS NULL OR (topic = $2 AND partition = $3))`,
      [this.group, of?.topic ?? null, of?.partition ?? null],
    );
  }

  async saveProgress(session: SqlSession, rows: readonly ProgressRow[]): Promise<void> {
    await session.query(
      `INSERT INTO ${this.schema}.consumer_progress AS p (group_name, topic, partition, scope, source_position)
       SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::text[], $5::text[])
       ON CONFLICT (group_name, topic, partition, scope) DO UPDATE SET source_position = excluded.source_position`,
      [
        this.group,
        rows.map(({ topic }) => topic),
        rows.map(({ partition }) => partition),
        rows.map(({ scope }) => scope),
        rows.map(({ source_position }) => source_position),
      ],
    );
  }
}
