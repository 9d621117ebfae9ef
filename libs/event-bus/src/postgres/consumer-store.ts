import { quoteIdentifier } from '../quote-identifier.js';
import type { SqlSession } from '../sql-session.js';
import { unnamedLog } from './consumer-tables.js';

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
  /** `EventBus.logId` of the log that the offset is of. */
  readonly logId: string;
  readonly topic: string;
  readonly partition: number;
  readonly lastOffset: string;
  readonly fence: number;
}

/**
 * How long a session may sit idle in a transaction that holds a checkpoint: the server ends that of a copy which was
 * frozen in the middle of a batch, or the next owner of the partition would wait at the lock for as long as the ice lasts.
 */
export const idleInTransactionMs = 5_000;

/** The statements of one group on its checkpoints, inbox and progress; the tables are those of `consumerTables`. */
export class ConsumerStore {
  private readonly schema: string;

  constructor(
    schemaName: string,
    private readonly group: string,
  ) {
    this.schema = quoteIdentifier(schemaName);
  }

  /**
   * Gives the checkpoints from before logs had names to the log that they are of. Where the log has one of its own by
   * then, that one holds.
   */
  async nameCheckpoints(session: SqlSession, logId: string): Promise<void> {
    await session.query(
      `UPDATE ${this.schema}.consumer_checkpoint c SET log_id = $2
       WHERE c.group_name = $1 AND c.log_id = $3 AND NOT EXISTS (
         SELECT 1 FROM ${this.schema}.consumer_checkpoint o
         WHERE o.group_name = c.group_name AND o.log_id = $2 AND o.topic = c.topic AND o.partition = c.partition)`,
      [this.group, logId, unnamedLog],
    );
  }

  /** Each partition of the log that has a checkpoint, and the offset it stands at. */
  async lastOffsets(session: SqlSession, logId: string): Promise<readonly OffsetRow[]> {
    return session.query<OffsetRow>(
      `SELECT topic, partition, last_offset::text FROM ${this.schema}.consumer_checkpoint
       WHERE group_name = $1 AND log_id = $2`,
      [this.group, logId],
    );
  }

  /**
   * Moves the checkpoint and locks its row until the commit. Answers false for a fence that is older than the row's:
   * two owners take turns at this lock, and the old one finds out here. The offset never goes back.
   */
  async moveCheckpoint(session: SqlSession, checkpoint: Checkpoint): Promise<boolean> {
    const { logId, topic, partition, lastOffset, fence } = checkpoint;
    const rows = await session.query(
      `INSERT INTO ${this.schema}.consumer_checkpoint AS c (group_name, log_id, topic, partition, last_offset, fence)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (group_name, log_id, topic, partition) DO UPDATE
         SET last_offset = greatest(c.last_offset, excluded.last_offset), fence = excluded.fence, changed_at = now()
         WHERE c.fence <= excluded.fence
       RETURNING 1 AS moved, set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true)`,
      [this.group, logId, topic, partition, lastOffset, fence],
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
