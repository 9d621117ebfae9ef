import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../delivery/signal.js';
import type { Consumption, EventBus, IncomingMessage } from '../event-bus.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { unfailing } from '../unfailing.js';
import type { BatchEnvironment, Taken } from './apply-batch.js';
import type { PartitionEnd } from './backlog.js';
import { Backlog } from './backlog.js';
import { BatchHandler } from './batch-handler.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import { isEnvironmentFailure } from './failures.js';
import type { ListParkedOptions, ParkedMessage } from '../postgres/list-parked.js';
import { listParked } from '../postgres/list-parked.js';
import type { Dropping, ParkedCounts, ParkedKey } from '../postgres/parked-store.js';
import { ParkedStore } from '../postgres/parked-store.js';
import { JointRuns } from './joint-runs.js';
import { LogCheckpoints } from './log-checkpoints.js';
import { MarkRuns } from './mark-runs.js';
import type { ComparePositions } from './progress.js';
import { compareDecimalPositions, Progress } from './progress.js';
import type { Replayed, ReplayOptions } from './replay-parked.js';
import { replayParked } from './replay-parked.js';
import type { WaitOptions } from './wait-for-progress.js';
import { ProgressReader } from './wait-for-progress.js';

export interface ConsumerOptions {
  readonly bus: EventBus;
  readonly group: string;
  readonly topics: readonly string[];
  readonly inTransaction: InTransaction;
  /** Runs one statement by itself, for batches that need no more; without it they take a transaction like the others. */
  readonly alone?: SqlSession;
  /** Where the tables of `consumerTables` stand. */
  readonly schema: string;
  /**
   * The effect, within the transaction that also moves the checkpoint. Messages of one topic, each id once, those of each
   * partition in their order. May be called with a part of them after the whole has failed, and, in a transaction that comes to
   * nothing, with messages that came before or are to be parked: so whatever it does, it does within the transaction. What it
   * throws parks a message in the end, unless it is a failure of the surroundings.
   */
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
  /** Default 500. */
  readonly batchMessagesMax?: number;
  /** How often a batch is tried before the message at fault is looked for; default 3. */
  readonly attemptsMax?: number;
  /** Milliseconds before the second attempt, doubling; default 100. */
  readonly retryFirstMs?: number;
  /** More failures that no message is guilty of. */
  readonly isTransient?: (error: unknown) => boolean;
  /** Order of the positions of a scope; default: as decimal numbers. */
  readonly comparePositions?: ComparePositions;
  readonly onError?: (error: unknown) => void;
  readonly onParked?: (message: IncomingMessage, reason: string) => void;
}

/** A member of a group that applies each message once, in transactions of the service's own database. */
export class Consumer {
  private readonly stopped = new AbortController();
  private readonly environment: BatchEnvironment;
  private readonly known: Progress;
  private readonly backlog: Backlog;
  private readonly reader: ProgressReader;
  private readonly joining: Promise<void>;
  private consumption: Consumption | undefined;

  constructor(private readonly options: ConsumerOptions) {
    const { bus, inTransaction, alone, schema, group, apply } = options;
    const compare = options.comparePositions ?? compareDecimalPositions;
    const store = new ConsumerStore(schema, group);
    const checkpoints = new LogCheckpoints(bus, inTransaction, store);
    const parked = new ParkedStore(schema, group);
    const partitionOf = bus.partitionOf.bind(bus);
    const marks = alone === undefined ? undefined : new MarkRuns(store, alone);
    const joint = new JointRuns({ inTransaction, store, parked, apply });
    this.environment = { inTransaction, marks, joint, store, parked, checkpoints, compare, partitionOf, apply };
    this.known = new Progress(compare);
    this.backlog = new Backlog(bus, options.topics, checkpoints);
    const wake = (): void => this.consumption?.wake();
    // Each reader that waits listens for the end; many of them wait in a burst, and none stays behind.
    setMaxListeners(0, this.stopped.signal);
    const reading: InTransaction = alone === undefined ? inTransaction : (work) => work(alone);
    this.reader = new ProgressReader(bus, reading, store, this.known, compare, wake, this.stopped.signal);
    this.joining = this.join();
  }

  /** True once it is a member of its group; before that it tries again and again. */
  get joined(): boolean {
    return this.consumption !== undefined;
  }

  /** The position of the scope up to which all copies together have applied every partition, or that of the key. */
  appliedUpTo(scope: string, key?: string): Promise<string | undefined> {
    return this.reader.appliedUpTo(scope, key);
  }

  /**
   * Resolves once everything of the scope up to the position is applied, and hurries the delivery. Parked messages
   * count as dealt with: they hang no reader.
   * @throws ProgressTimeoutError, InvalidPositionError
   */
  waitFor(scope: string, position: string, options?: WaitOptions): Promise<void> {
    return this.reader.waitFor(scope, position, options);
  }

  /** How many messages (watermarks included) all copies together have not taken in yet, of all topics. */
  lag(): Promise<number> {
    return this.backlog.messages();
  }

  /** Where the partitions of all its topics end now. */
  ends(): Promise<readonly PartitionEnd[]> {
    return this.backlog.ends();
  }

  /** Whether all copies together have taken in what stands before these ends. */
  hasTakenIn(ends: readonly PartitionEnd[]): Promise<boolean> {
    return this.backlog.hasNothingBefore(ends);
  }

  listParked(options?: ListParkedOptions): Promise<readonly ParkedMessage[]> {
    const { inTransaction, schema, group } = this.options;
    return inTransaction((session) => listParked(session, schema, group, options));
  }

  /** How many keys have a parked message, so that what follows of them is parked too, and how many messages that are. */
  countParked(): Promise<ParkedCounts> {
    return this.options.inTransaction((session) => this.environment.parked.count(session));
  }

  /**
   * Applies the parked messages of a key in order, from any copy, until one fails again; no message of the key that
   * arrives meanwhile overtakes them.
   * @throws what is not the fault of a message, such as a database that is away: what was applied stays so
   */
  replayParked(options: ReplayOptions): Promise<Replayed> {
    return replayParked({ ...this.environment, isBlameless: this.isBlameless, stopped: this.stopped.signal }, options);
  }

  /**
   * Gives one parked message up: it is kept whole, with who did it and why, and never applied. What is parked behind it
   * can be replayed then. Answers false when the message is not parked under that key.
   */
  dropParked(dropping: ParkedKey & Dropping): Promise<boolean> {
    return this.options.inTransaction((session) => this.environment.parked.drop(session, dropping, dropping));
  }

  wake(): void {
    this.consumption?.wake();
  }

  /** Leaves the group once the transaction that runs has ended. Those who wait for a position are sent away. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.joining;
    await this.consumption?.stop();
  }

  private async join(): Promise<void> {
    const { bus, group, topics, batchMessagesMax, onError } = this.options;
    const handler = this.batchHandler();
    for (let failures = 0; !this.stopped.signal.aborted; failures += 1) {
      try {
        await this.environment.checkpoints.prepare();
        this.consumption = await bus.consume({
          group,
          topics,
          ...(batchMessagesMax === undefined ? {} : { batchMessagesMax }),
          checkpoint: (topic, partition) => this.environment.checkpoints.lastOffset(topic, partition),
          handle: (batch) => handler.handle(batch),
          signal: this.stopped.signal,
          ...(onError === undefined ? {} : { onError }),
        });
        return;
      } catch (error) {
        if (this.stopped.signal.aborted) return;
        // The bus may be away, or the topic not made yet by the service that publishes it.
        unfailing(onError)(error);
        await this.pause(backOff(failures, 50, 1_000));
      }
    }
  }

  private readonly isBlameless = (error: unknown): boolean =>
    isEnvironmentFailure(error) || this.options.isTransient?.(error) === true;

  private batchHandler(): BatchHandler {
    const { attemptsMax = 3, retryFirstMs = 100, onError } = this.options;
    return new BatchHandler({
      environment: this.environment,
      attemptsMax,
      retryFirstMs,
      isBlameless: this.isBlameless,
      committed: (taken) => this.committed(taken),
      onError,
      stopped: this.stopped.signal,
    });
  }

  private committed({ advanced, parked }: Taken): void {
    this.known.merge(advanced);
    this.reader.changed(advanced);
    for (const { message, reason } of parked) unfailing(this.options.onParked)(message, reason);
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}

/** Starts a consumer; it joins its group as soon as the bus is there. */
export const startConsumer = (options: ConsumerOptions): Consumer => new Consumer(options);
