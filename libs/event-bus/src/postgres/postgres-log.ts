import pg from 'pg';
import type { Assignment, FirstOffsets, LogEntry, MemberOfGroup, PartitionId, ReadLimits } from '../delivery/polled-log.js';
import { PolledLog } from '../delivery/polled-log.js';
import type { Incoming } from '../event-bus.js';
import { EventBusUnavailableError, InvalidMessageError } from '../event-bus.js';
import { quoteIdentifier } from '../quote-identifier.js';
import { unknownTopicState } from './bus-functions.js';
import { MessagePages } from './message-pages.js';
import { incomingOf } from './message-row.js';

/** One statement carries at most this much, whatever the number of messages. */
const appendBytesMax = 16_000_000;

/** The log in PostgreSQL. Each call is one statement, with a time limit on the server and one here. */
export class PostgresLog extends PolledLog {
  private readonly schema: string;
  private readonly pages: MessagePages;

  constructor(
    private readonly pool: pg.Pool,
    schema: string,
    private readonly timeoutMs: number,
  ) {
    super();
    this.schema = quoteIdentifier(schema);
    this.pages = new MessagePages(this.schema, (text, values) => this.run(text, values));
    // The pool drops a connection that breaks while idle; without a listener it would end the process.
    pool.on('error', () => undefined);
  }

  async id(): Promise<string> {
    const [row] = await this.run<{ id: string }>(`SELECT id FROM ${this.schema}.log`, []);
    if (row === undefined) throw new EventBusUnavailableError('The bus has no id yet: it was not migrated');
    return row.id;
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    await this.run(
      `WITH made AS (
         INSERT INTO ${this.schema}.topic (topic, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING *)
       INSERT INTO ${this.schema}.partition_head (topic, partition)
       SELECT topic, generate_series(0, partitions - 1) FROM made`,
      [topic, partitions],
    );
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    const rows = await this.run<{ partitions: number }>(
      `SELECT partitions FROM ${this.schema}.topic WHERE topic = $1`,
      [topic],
    );
    return rows[0]?.partitions;
  }

  async append(topic: string, entries: readonly LogEntry[]): Promise<FirstOffsets | undefined> {
    const chunks = chunksOf(entries);
    let firsts: FirstOffsets | undefined;
    for (const chunk of chunks) {
      const events = chunk.map((entry) => (entry.kind === 'event' ? entry : undefined));
      const rows = await this.run<{ at_partition: number; first_offset: string }>(
        `SELECT * FROM ${this.schema}.publish_at($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          topic,
          chunk.map((entry) => entry.partition),
          chunk.map((entry) => entry.kind),
          chunk.map((entry) => entry.scope),
          chunk.map((entry) => (entry.kind === 'event' ? entry.sourcePosition : entry.position)),
          events.map((event) => event?.id ?? null),
          events.map((event) => event?.key ?? null),
          events.map((event) => (event === undefined ? null : JSON.stringify(event.headers))),
          events.map((event) => event?.value ?? null),
        ],
        // A call of a function has but one plan.
        'publish',
      );
      firsts = new Map(rows.map((row) => [row.at_partition, BigInt(row.first_offset)]));
    }
    // Between two chunks another publisher may have appended.
    return chunks.length === 1 ? firsts : undefined;
  }

  async ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    const rows = await this.run<{ next_offset: string }>(
      `SELECT h.next_offset FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS w (topic, partition, place)
       JOIN ${this.schema}.partition_head h ON h.topic = w.topic AND h.partition = w.partition ORDER BY w.place`,
      [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition)],
      // By far the most frequent, of a table that stays small: planned once a connection. Of the messages a plan from
      // when there were few would go on reading all of them.
      'ends',
    );
    if (rows.length < partitions.length) throw new InvalidMessageError('The topic does not exist any more');
    return rows.map((row) => BigInt(row.next_offset));
  }

  async read(from: PartitionId, offset: bigint, limits: ReadLimits): Promise<readonly Incoming[]> {
    const rows = await this.pages.read(from, offset, limits);
    return rows.map((row) => incomingOf(from, row));
  }

  async heartbeat(member: MemberOfGroup, topics: readonly string[], leaseMs: number): Promise<readonly Assignment[]> {
    const rows = await this.run<OwnedRow>(`SELECT * FROM ${this.schema}.heartbeat($1, $2, $3, $4)`, [
      member.group,
      member.memberId,
      topics,
      leaseMs,
    ]);
    return rows.map((row) => ({
      topic: row.owned_topic,
      partition: row.owned_partition,
      fence: Number(row.owned_fence),
      surplus: row.is_surplus,
    }));
  }

  async release(member: MemberOfGroup, partitions: readonly PartitionId[]): Promise<void> {
    await this.run(`SELECT ${this.schema}.release($1, $2, $3, $4)`, [
      member.group,
      member.memberId,
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
    ]);
  }

  async leave(member: MemberOfGroup): Promise<void> {
    await this.run(`SELECT ${this.schema}.leave($1, $2)`, [member.group, member.memberId]);
  }

  async close(): Promise<void> {
    // A frozen server does not answer the good-bye either; the process may go on without it.
    await Promise.race([this.pool.end(), new Promise((resolve) => setTimeout(resolve, this.timeoutMs).unref())]);
  }

  private async run<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[], name?: string): Promise<Row[]> {
    try {
      // The pool throws a connection away whose query failed or timed out, so that none stays stuck.
      return (await this.pool.query<Row>({ text, values: [...values], ...(name === undefined ? {} : { name }) })).rows;
    } catch (cause) {
      if (cause instanceof pg.DatabaseError && cause.code === unknownTopicState) {
        throw new InvalidMessageError(cause.message, { cause });
      }
      throw new EventBusUnavailableError(`The bus did not answer: ${messageOf(cause)}`, { cause });
    }
  }
}

interface OwnedRow extends pg.QueryResultRow {
  owned_topic: string;
  owned_partition: number;
  owned_fence: string;
  is_surplus: boolean;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message || cause.name : String(cause));

/** Consecutive parts of at most `appendBytesMax` bytes of values, never empty. */
const chunksOf = (entries: readonly LogEntry[]): LogEntry[][] => {
  const chunks: LogEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const own = entry.kind === 'event' ? Buffer.byteLength(entry.value) : 0;
    if (bytes + own > appendBytesMax) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(entry);
    bytes += own;
  }
  return chunks;
};
