import { quoteIdentifier } from '../quote-identifier.js';
import type { Sending, SqlSession } from '../sql-session.js';
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

/** What a run of messages of one partition has to note before any of it is applied. */
export interface Beginning extends Checkpoint {
  /** Each id once. */
  readonly events: readonly { readonly id: string; readonly key: string }[];
  /** Decimal positions, one a scope; the greater of these and what is known is kept. */
  readonly reached: readonly ProgressRow[];
}

export interface Begun {
  /** Ids that were not taken in before. */
  readonly fresh: ReadonlySet<string>;
  /** Keys of fresh messages that are parked, locked: a replay that is about to open one of them was waited for. */
  readonly parked: ReadonlySet<string>;
  /** Those of `reached` that were further on than what was known. */
  readonly advanced: readonly ProgressRow[];
}

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
   * Moves the checkpoint and locks its row until the commit, and notes the rest. Answers undefined for a fence that is
   * older than the row's: two owners take turns at this lock, and the old one finds out here. The offset never goes back.
   */
  async begin(session: SqlSession, { events, reached, ...checkpoint }: Beginning): Promise<Begun | undefined> {
    const { logId, topic, partition, lastOffset, fence } = checkpoint;
    // Sorted, so that two transactions that meet at the same ids lock them in one order.
    const sorted = [...events].sort((one, other) => (one.id < other.id ? -1 : 1));
    const [row] = await session.query<BegunRow>(
      `SELECT * FROM ${this.schema}.consumer_take_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        this.group,
        logId,
        topic,
        partition,
        lastOffset,
        fence,
        sorted.map(({ id }) => id),
        sorted.map(({ key }) => key),
        reached.map(({ scope }) => scope),
        reached.map(({ source_position }) => source_position),
      ],
      { name: `cairn_take_in_${this.schema}` },
    );
    if (row === undefined) return undefined;
    return { fresh: new Set(row.fresh_ids), parked: new Set(row.parked_keys), advanced: advancedOf(checkpoint, row) };
  }

  /**
   * Begins runs of several partitions of a topic, each partition once, as `begin` does; runs of watermarks alone may be of
   * several topics. Those whose checkpoint is held by another, or not there yet, have no answer, and nothing is done of them.
   */
  beginSome(session: SqlSession, runs: readonly Beginning[]): Promise<ReadonlyMap<Beginning, Begun | 'stale'>> {
    return this.beginBy('consumer_take_in_runs', session, runs, {});
  }

  /**
   * Begins all of these runs, to apply every event of them. It goes along with the next statement, which the server does
   * not even begin when something is in the way: a partition that is not free, an id that came before, a key that is
   * parked.
   */
  beginAll(session: SqlSession, runs: readonly Beginning[]): Promise<ReadonlyMap<Beginning, Begun | 'stale'>> {
    return this.beginBy('consumer_take_in_all', session, runs, { withNext: true });
  }

  private async beginBy(
    take: 'consumer_take_in_runs' | 'consumer_take_in_all',
    session: SqlSession,
    runs: readonly Beginning[],
    sending: Pick<Sending, 'withNext'>,
  ): Promise<ReadonlyMap<Beginning, Begun | 'stale'>> {
    const reached = runs.flatMap((run, at) => run.reached.map((row) => ({ place: at + 1, ...row })));
    const events = runs.flatMap((run, at) => run.events.map(({ id, key }) => ({ place: at + 1, id, key })));
    const rows = await session.query<RunRow>(
      `SELECT * FROM ${this.schema}.${take}($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        this.group,
        runs.map(({ logId }) => logId),
        runs.map(({ topic }) => topic),
        runs.map(({ partition }) => partition),
        runs.map(({ lastOffset }) => lastOffset),
        runs.map(({ fence }) => fence),
        reached.map(({ place }) => place),
        reached.map(({ scope }) => scope),
        reached.map(({ source_position }) => source_position),
        events.map(({ place }) => place),
        events.map(({ id }) => id),
        events.map(({ key }) => key),
      ],
      { name: `${take}_${this.schema}`, ...sending },
    );
    const ofAll = rows.find(({ run_place }) => run_place === 0);
    const [fresh, parked] = [new Set(ofAll?.fresh_ids), new Set(ofAll?.parked_keys)];
    const answers = new Map<Beginning, Begun | 'stale'>();
    for (const row of rows) {
      const run = runs[row.run_place - 1];
      if (run === undefined) continue;
      // An id counts once, in whichever partitions it stands.
      const own = new Set(run.events.flatMap(({ id }) => (fresh.delete(id) ? [id] : [])));
      answers.set(run, row.is_stale ? 'stale' : { fresh: own, parked, advanced: advancedOf(run, row) });
    }
    return answers;
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

interface MovedRow {
  readonly moved_scopes: string[] | null;
  readonly moved_positions: string[] | null;
}

interface BegunRow extends MovedRow {
  readonly fresh_ids: string[] | null;
  readonly parked_keys: string[] | null;
}

interface RunRow extends BegunRow {
  readonly run_place: number;
  readonly is_stale: boolean;
}

const advancedOf = ({ topic, partition }: Checkpoint, { moved_scopes, moved_positions }: MovedRow): readonly ProgressRow[] =>
  (moved_scopes ?? []).map((scope, at) => ({ topic, partition, scope, source_position: moved_positions?.[at] ?? '' }));
