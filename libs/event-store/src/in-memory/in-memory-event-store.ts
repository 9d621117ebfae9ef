import type { Clock } from '../clock.js';
import { chainAppend } from '../chain-append.js';
import { beforeTheFirst, comparePositions, parsePosition } from '../decimal-position.js';
import { EventStoreUnavailableError, WrongExpectedVersionError } from '../errors.js';
import type { EventFilter, NewEvent, Position, RecordedEvent, StreamId } from '../event.js';
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
import { chainStart } from '../hash-chain.js';
import { answerOf, repeatedAppend } from '../repeated-append.js';
import { Subscriptions } from '../subscription/subscriptions.js';
import type { CheckedAppend } from '../validate-append.js';
import { checkAppend } from '../validate-append.js';
import { checkReadAll, checkReadStream } from '../validate-read.js';
import { InMemoryEventLog } from './in-memory-event-log.js';

export interface InMemoryEventStoreOptions {
  readonly scope: string;
  readonly clock: Clock;
  /** What outlives the store; give the same log to another one to open the record again. */
  readonly log?: InMemoryEventLog;
}

/** Keeps the record in this process: for tests, and the plainest reading of what the port means. */
export class InMemoryEventStore extends EventStore {
  readonly scope: string;
  private readonly clock: Clock;
  private readonly log: InMemoryEventLog;
  private readonly subscriptions: Subscriptions;
  private closed = false;

  constructor({ scope, clock, log = new InMemoryEventLog() }: InMemoryEventStoreOptions) {
    super();
    this.scope = scope;
    this.clock = clock;
    this.log = log;
    this.subscriptions = new Subscriptions({
      head: () => this.head(),
      compare: comparePositions,
      readAll: (options) => this.readAll(options),
      beforeTheFirst,
      pollIntervalMs: 5,
      idleIntervalMsMax: 50,
    });
  }

  async append(stream: StreamId, expected: ExpectedVersion, events: readonly NewEvent[]): Promise<Appended> {
    const append = checkAppend(this.scope, stream, expected, events, this.clock.now());
    // An engine is never asked and answered in one go; a caller that relies on it would break elsewhere.
    await Promise.resolve();
    this.assertOpen();
    const appended = this.store(append);
    this.subscriptions.committed();
    return appended;
  }

  /** Runs without a pause from the comparison to the last event, which makes it atomic. */
  private store(append: CheckedAppend): Appended {
    const stored = append.events.flatMap(({ event }) => this.log.find(append.stream, event.id) ?? []);
    const repeated = repeatedAppend(append, stored);
    if (repeated) return repeated;
    const head = this.log.stream(append.stream).at(-1) ?? chainStart;
    if (head.version !== append.expectedVersion) {
      throw new WrongExpectedVersionError(append.stream, append.expected, head.version);
    }
    return answerOf(append.stream, this.log.add(chainAppend(append, head)));
  }

  async readStream(stream: StreamId, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    this.assertOpen();
    const { backwards, from, limit } = checkReadStream(options);
    const events = this.log.stream(stream);
    if (!backwards) return events.slice(from - 1, from - 1 + limit);
    const end = Math.min(from, events.length);
    return events.slice(Math.max(0, end - limit), end).reverse();
  }

  async readAll(options: ReadAllOptions = {}): Promise<ReadAllPage> {
    this.assertOpen();
    const { filter, limit } = checkReadAll(options);
    const all = this.log.all;
    const events: RecordedEvent[] = [];
    let upTo = parsePosition(options.after ?? beforeTheFirst);
    while (upTo < all.length && events.length < limit) {
      const event = all[upTo];
      upTo += 1;
      if (event && matches(event, filter)) events.push(event);
    }
    return { events, readUpTo: String(upTo) };
  }

  async findEvent(stream: StreamId, eventId: string): Promise<RecordedEvent | undefined> {
    this.assertOpen();
    return this.log.find(stream, eventId);
  }

  async head(): Promise<Position> {
    this.assertOpen();
    return String(this.log.all.length);
  }

  async storeId(): Promise<string> {
    this.assertOpen();
    return this.log.id;
  }

  compare(left: Position, right: Position): number {
    return comparePositions(left, right);
  }

  subscribe(options: SubscribeOptions): Subscription {
    this.assertOpen();
    return this.subscriptions.subscribe(options);
  }

  async close(): Promise<void> {
    await this.subscriptions.stop();
    this.closed = true;
  }

  private assertOpen(): void {
    if (this.closed) throw new EventStoreUnavailableError(`The event store ${this.scope} is closed`);
  }
}

const matches = (event: RecordedEvent, filter: EventFilter | undefined): boolean =>
  (filter?.types === undefined || filter.types.includes(event.type)) &&
  (filter?.streamPrefix === undefined || event.stream.startsWith(filter.streamPrefix));
