import type { Clock } from '../clock.js';
import { beforeTheFirst, comparePositions, parsePosition } from '../decimal-position.js';
import { EventStoreUnavailableError } from '../errors.js';
import type { EventFilter, NewEvent, Position, RecordedEvent, StreamId } from '../event.js';
import { eventStoreLimits } from '../event.js';
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
import { checkAppend } from '../validate-append.js';
import { canBeStream, checkReadAll, checkReadStream } from '../validate-read.js';
import { Appender } from './appender.js';
import { openClient } from './client/client-internals.js';
import { withDefaults, withoutPassword } from './client/connection-string.js';
import { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import { KnownStreams } from './known-streams.js';
import { LiveWaker } from './live-waker.js';
import { LogReader } from './log-reader.js';
import { LogTail } from './log-tail.js';
import { storeIdOf } from './store-marker.js';
import { StreamReader } from './stream-reader.js';

export interface EventStoreDbOptions {
  /** `esdb://user:password@host:port,host:port?tls=true…`, as the client of EventStoreDB takes it. */
  readonly url: string;
  readonly scope: string;
  readonly clock: Clock;
  /** Stands before the name of every stream, so that records share a server and know nothing of each other; default ''. */
  readonly namespace?: string;
  /** How long a call may take before the engine counts as unavailable; default 10 s. */
  readonly callTimeoutMs?: number;
  /** Between two looks for new events while some come; default 50 ms. A live subscription tells earlier. */
  readonly pollIntervalMs?: number;
  /** What that grows to while none come; default 1 s. */
  readonly idleIntervalMsMax?: number;
}

/** One read from the server, where more are asked for or few match. */
const readEventsMin = 500;

/**
 * Opens the record of a scope on EventStoreDB 22.10 or newer. Connects when it is first used, so a service can start
 * while its engine is away; each call then says so. @throws Error when `url` is no connection string.
 */
export const openEventStoreDb = (options: EventStoreDbOptions): EventStoreDb => new EventStoreDb(options);

/** Keeps the record in EventStoreDB, one stream for each of ours. Positions are the server's commit positions. */
export class EventStoreDb extends EventStore {
  readonly scope: string;
  readonly namespace: string;
  /** For the copy of a record that moves here; services append. */
  protected readonly appender: Appender;
  private readonly clock: Clock;
  private readonly prefix: string;
  private readonly calls: EventStoreDbCalls;
  private readonly reader: StreamReader;
  private readonly streams = new KnownStreams();
  private readonly tail: LogTail;
  private readonly log: LogReader;
  private readonly waker: LiveWaker;
  private readonly subscriptions: Subscriptions;
  private closing: Promise<void> | undefined;

  constructor(options: EventStoreDbOptions) {
    super();
    const { scope, clock, namespace = '', callTimeoutMs = 10_000 } = options;
    const opened = openNamed(options.url, scope);
    this.scope = scope;
    this.clock = clock;
    this.namespace = namespace;
    this.prefix = `${namespace}${scope}.`;
    this.calls = new EventStoreDbCalls(opened, callTimeoutMs);
    this.reader = new StreamReader(this.calls, namespace);
    const { calls, prefix, reader, streams } = this;
    this.appender = new Appender({ calls, reader, streams, waitMsMax: callTimeoutMs });
    this.tail = new LogTail(calls, prefix);
    this.log = new LogReader({ calls, tail: this.tail, namespace, prefix });
    this.waker = new LiveWaker(opened.client, this.prefix, () => this.subscriptions.committed());
    this.subscriptions = new Subscriptions({
      head: () => this.head(),
      compare: comparePositions,
      readAll: (readAll) => this.readAll(readAll),
      beforeTheFirst,
      pollIntervalMs: options.pollIntervalMs ?? 50,
      idleIntervalMsMax: options.idleIntervalMsMax ?? 1_000,
    });
  }

  async append(stream: StreamId, expected: ExpectedVersion, events: readonly NewEvent[]): Promise<Appended> {
    const append = checkAppend(this.scope, stream, expected, events, this.clock.now());
    this.assertOpen();
    const appended = await this.appender.append(append);
    this.subscriptions.committed();
    return appended;
  }

  async readStream(stream: StreamId, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const { backwards, from, limit } = checkReadStream(options);
    this.assertOpen();
    if (!this.canHold(stream)) return [];
    if (backwards) return await this.reader.backwards(stream, options.from === undefined ? undefined : from, limit);
    const events = await this.reader.forwards(stream, from, limit);
    // Whoever has just read a stream is about to append to it.
    if (events.length > 0) this.streams.learn(stream, events);
    return events;
  }

  async readAll(options: ReadAllOptions = {}): Promise<ReadAllPage> {
    const { filter, limit } = checkReadAll(options);
    const count = Math.min(Math.max(limit, filter ? readEventsMin : 1), eventStoreLimits.readEventsMax);
    let after = parsePosition(options.after ?? beforeTheFirst);
    for (;;) {
      this.assertOpen();
      const { events: read, full } = await this.log.after(after, count);
      const events = read.filter((event) => matches(event, filter));
      if (events.length >= limit) return { events: events.slice(0, limit), readUpTo: events[limit - 1]?.position ?? '' };
      const readUpTo = read.at(-1)?.position ?? String(after);
      if (events.length > 0 || !full) return { events, readUpTo };
      after = parsePosition(readUpTo);
    }
  }

  async findEvent(stream: StreamId, eventId: string): Promise<RecordedEvent | undefined> {
    if (!this.canHold(stream) || !isUuid(eventId)) return undefined;
    const limit = readEventsMin;
    for (let from = 1; ; from += limit) {
      const page = await this.readStream(stream, { from, limit });
      const found = page.find(({ id }) => id === eventId);
      if (found || page.length < limit) return found;
    }
  }

  async head(): Promise<Position> {
    this.assertOpen();
    return await this.tail.head();
  }

  async storeId(): Promise<string> {
    this.assertOpen();
    return await storeIdOf(this.calls, this.namespace, this.scope);
  }

  compare(left: Position, right: Position): number {
    return comparePositions(left, right);
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.assertOpen();
    const subscription = this.subscriptions.subscribe(options);
    this.waker.start();
    return subscription;
  }

  async close(): Promise<void> {
    this.closing ??= this.end();
    await this.closing;
  }

  private async end(): Promise<void> {
    this.calls.endSearches();
    await this.subscriptions.stop();
    await this.appender.idle();
    await this.waker.stop();
    await this.calls.idle();
    await this.calls.close();
  }

  private canHold(stream: StreamId): boolean {
    return canBeStream(stream) && stream !== '' && stream.startsWith(`${this.scope}.`);
  }

  protected assertOpen(): void {
    if (this.closing) throw new EventStoreUnavailableError(`The event store ${this.scope} is closed`);
  }
}

const openNamed = (url: string, scope: string): ReturnType<typeof openClient> => {
  try {
    return openClient(withDefaults(url, scope));
  } catch (error) {
    const reason = withoutPassword(error instanceof Error ? error.message : String(error));
    throw new Error(`${withoutPassword(url)} is no connection string of EventStoreDB: ${reason}`);
  }
};

const matches = (event: RecordedEvent, filter: EventFilter | undefined): boolean =>
  (filter?.types === undefined || filter.types.includes(event.type)) &&
  (filter?.streamPrefix === undefined || event.stream.startsWith(filter.streamPrefix));
