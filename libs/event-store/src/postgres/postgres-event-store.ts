import pg from 'pg';

import type { Clock } from '../clock.js';
import { beforeTheFirst, comparePositions, parsePosition } from '../decimal-position.js';
import type { NewEvent, Position, RecordedEvent, StreamId } from '../event.js';
import type {
  Appended,
  ExpectedVersion,
  ReadAllOptions,
  ReadAllPage,
  ReadStreamOptions,
  SubscribeOptions,
  Subscription,
} from '../event-store.js';
import { EventStore } from '../event-store.js';
import { Subscriptions } from '../subscription/subscriptions.js';
import { isUuid } from '../uuid.js';
import type { CheckedAppend } from '../validate-append.js';
import { checkAppend } from '../validate-append.js';
import { canBeStream, checkReadAll, checkReadStream } from '../validate-read.js';
import { AppendConnection } from './append-connection.js';
import { Appender, closedError } from './appender.js';
import type { PostgresEventStoreOptions } from './connection-options.js';
import { connectionConfig, planSettings } from './connection-options.js';
import type { EventRow } from './event-row.js';
import { eventOf } from './event-row.js';
import { BulkWriter } from './import/bulk-writer.js';
import type { NewStream } from './import/import-chunks.js';
import { chunksOf } from './import/import-chunks.js';
import type { ImportResult } from './import/stream-import.js';
import { StreamImport } from './import/stream-import.js';
import type { PackedRow } from './packed-row.js';
import { eventOfPacked } from './packed-row.js';
import { normalised } from './postgres-errors.js';
import type { ReadAllRow } from './read-statements.js';
import { findQuery, headQuery, isEvent, largeDataCharacters, readAllQuery, readStreamQuery, readWindowPositions, storeIdQuery } from './read-statements.js';
import { quotedName } from './schema-name.js';

const readConnectionsMax = 4;
/** What subscriptions are handed is kept for those who come later, so it is small. */
const handedOverBytesMax = 65_536;

/**
 * Opens the record that `migratePostgresEventStore` made. Connects when it is first used, so a service can start
 * while its database is away; each call then says so.
 */
export const openPostgresEventStore = (options: PostgresEventStoreOptions): PostgresEventStore =>
  new PostgresEventStore(options);

/** Keeps the record in PostgreSQL: dense positions in commit order, appends of a process merged over one connection. */
export class PostgresEventStore extends EventStore {
  readonly scope: string;
  /** Quoted. */
  protected readonly schema: string;
  protected readonly bulk: BulkWriter;
  private readonly clock: Clock;
  private readonly pool: pg.Pool;
  private readonly connection: AppendConnection;
  private readonly appender: Appender;
  private readonly subscriptions: Subscriptions;
  private closing: Promise<void> | undefined;

  constructor(options: PostgresEventStoreOptions) {
    super();
    const config = connectionConfig(options);
    this.scope = options.scope;
    this.clock = options.clock;
    this.schema = quotedName(options.schema);
    this.pool = new pg.Pool({
      max: readConnectionsMax,
      ...config,
      // Awaited by the pool before the connection is handed out.
      onConnect: async (client) => {
        await client.query(planSettings);
      },
    });
    // An idle connection that breaks is replaced when one is needed; without a listener it would end the process.
    this.pool.on('error', () => undefined);
    this.bulk = new BulkWriter(this.pool, this.schema);
    this.connection = new AppendConnection(config);
    this.appender = new Appender(this.connection, this.schema, options.callTimeoutMs ?? 10_000);
    this.subscriptions = new Subscriptions({
      head: () => this.head(),
      compare: comparePositions,
      readAll: (readAll) => this.readAll(readAll),
      beforeTheFirst,
      pollIntervalMs: options.pollIntervalMs ?? 5,
      idleIntervalMsMax: options.idleIntervalMsMax ?? 50,
    });
  }

  async append(stream: StreamId, expected: ExpectedVersion, events: readonly NewEvent[]): Promise<Appended> {
    const append = checkAppend(this.scope, stream, expected, events, this.clock.now());
    this.assertOpen();
    const appended = await this.appender.append(append);
    this.subscriptions.committed(append.bytes > handedOverBytesMax ? undefined : appended.events);
    return appended;
  }

  /**
   * Stores many new streams at once, several times as fast as appends of them; each rule of `append` with `'no-stream'`
   * holds for every one. They are written in chunks of at most 5,000 events, each all or nothing and in the order in
   * which they come; while one is written, appends wait. What was brought before, by an import that was cut off or by an
   * append, counts as found: the same import again goes on where it stood. Not part of the port, since other engines
   * have nothing that would be faster than appends.
   * @throws WrongExpectedVersionError naming the first stream that is there with something else, and what else `append`
   * throws. Nothing of that chunk is stored then; the chunks before it are.
   */
  async importStreams(streams: AsyncIterable<NewStream> | Iterable<NewStream>): Promise<ImportResult> {
    const check = ({ stream, events }: NewStream): CheckedAppend => {
      this.assertOpen();
      return checkAppend(this.scope, stream, 'no-stream', events, this.clock.now());
    };
    const committed = (): void => this.subscriptions.committed();
    const query = this.query.bind(this);
    const { bulk: writer, schema } = this;
    return await new StreamImport({ writer, schema, query, committed }).run(chunksOf(streams, check));
  }

  async readStream(stream: StreamId, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const checked = checkReadStream(options);
    if (!canBeStream(stream)) return [];
    const rows = await this.arrays<PackedRow>(readStreamQuery(this.schema, stream, checked));
    return rows.map(eventOfPacked);
  }

  async readAll(options: ReadAllOptions = {}): Promise<ReadAllPage> {
    const { filter, limit } = checkReadAll(options);
    let after = parsePosition(options.after ?? beforeTheFirst);
    // A window bounds what one statement looks through when few events match; an empty one is not the end yet.
    for (;;) {
      const rows = await this.arrays<ReadAllRow>(readAllQuery(this.schema, after, filter, limit));
      const head = Number(rows[0]?.[2] ?? 0);
      const found = rows.filter(isEvent);
      const events = found.map(eventOfPacked);
      const full = events.length === limit || found.some(([, data]) => data.length > largeDataCharacters);
      const upTo = full ? Number(events.at(-1)?.position) : Math.max(after, Math.min(head, after + readWindowPositions));
      if (events.length > 0 || upTo >= head) return { events, readUpTo: String(upTo) };
      after = upTo;
    }
  }

  async findEvent(stream: StreamId, eventId: string): Promise<RecordedEvent | undefined> {
    if (!canBeStream(stream) || !isUuid(eventId)) return undefined;
    const [row] = await this.query<EventRow>(findQuery(this.schema, stream, eventId));
    return row && eventOf(row);
  }

  async head(): Promise<Position> {
    const [row] = await this.query<{ pos: string }>(headQuery(this.schema));
    return row?.pos ?? beforeTheFirst;
  }

  /** @throws Error when the schema is older than this code: `migratePostgresEventStore` brings it up. */
  async storeId(): Promise<string> {
    const [row] = await this.query<{ id: string }>(storeIdQuery(this.schema));
    if (!row) throw new Error(`The event store ${this.scope} has lost the row that names it, ${this.schema}.es_store`);
    return row.id;
  }

  compare(left: Position, right: Position): number {
    return comparePositions(left, right);
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.assertOpen();
    return this.subscriptions.subscribe(options);
  }

  async close(): Promise<void> {
    this.closing ??= this.end();
    await this.closing;
  }

  private async end(): Promise<void> {
    await this.subscriptions.stop();
    await this.appender.idle();
    await this.connection.close();
    await this.pool.end();
  }

  protected async query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<readonly Row[]> {
    return await this.rows(() => this.pool.query<Row>(query));
  }

  private async arrays<Row extends unknown[]>(query: pg.QueryArrayConfig): Promise<readonly Row[]> {
    return await this.rows(() => this.pool.query<Row>(query));
  }

  private async rows<Row>(ask: () => Promise<{ readonly rows: readonly Row[] }>): Promise<readonly Row[]> {
    this.assertOpen();
    try {
      return (await ask()).rows;
    } catch (error) {
      throw normalised(error);
    }
  }

  protected assertOpen(): void {
    if (this.closing) throw closedError(this.scope);
  }
}
