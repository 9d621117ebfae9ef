import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../delivery/signal.js';
import type { Consumption, EventBus, Incoming, IncomingBatch, IncomingMessage } from '../event-bus.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { unfailing } from '../unfailing.js';
import type { BatchEnvironment } from './apply-batch.js';
import { takeInRun } from './apply-batch.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import { isEnvironmentFailure } from './failures.js';
import type { ListParkedOptions, ParkedMessage } from '../postgres/list-parked.js';
import { listParked } from '../postgres/list-parked.js';
import type { ComparePositions } from './progress.js';
import { compareDecimalPositions, Progress } from './progress.js';
import type { WaitOptions } from './wait-for-progress.js';
import { ProgressReader } from './wait-for-progress.js';

export interface ConsumerOptions {
  readonly bus: EventBus;
  readonly group: string;
  readonly topics: readonly string[];
  readonly inTransaction: InTransaction;
  /** Where the tables of `consumerTables` stand. */
  readonly schema: string;
  /**
   * The effect, within the transaction that also moves the checkpoint. Messages of one partition in order, each id
   * once. May be called with a part of a batch after the whole has failed. What it throws parks a message in the end,
   * unless it is a failure of the surroundings.
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
  private readonly reader: ProgressReader;
  private readonly joining: Promise<void>;
  private consumption: Consumption | undefined;

  constructor(private readonly options: ConsumerOptions) {
    const { bus, inTransaction, schema, group, apply, comparePositions: compare = compareDecimalPositions } = options;
    const store = new ConsumerStore(schema, group);
    this.environment = { inTransaction, store, compare, apply };
    this.known = new Progress(compare);
    const wake = (): void => this.consumption?.wake();
    // Each reader that waits listens for the end; many of them wait in a burst, and none stays behind.
    setMaxListeners(0, this.stopped.signal);
    this.reader = new ProgressReader(bus, inTransaction, store, this.known, compare, wake, this.stopped.signal);
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
  async lag(): Promise<number> {
    const { bus, topics, inTransaction } = this.options;
    const rows = await inTransaction((session) => this.environment.store.lastOffsets(session));
    let left = 0n;
    for (const topic of topics) {
      for (const [partition, end] of (await bus.ends(topic)).entries()) {
        const row = rows.find((one) => one.topic === topic && one.partition === partition);
        left += BigInt(end) - (row === undefined ? 0n : BigInt(row.last_offset) + 1n);
      }
    }
    return Number(left);
  }

  listParked(options?: ListParkedOptions): Promise<readonly ParkedMessage[]> {
    const { inTransaction, schema, group } = this.options;
    return inTransaction((session) => listParked(session, schema, group, options));
  }

  /** How many keys have a parked message, so that what follows of them is parked too. */
  countParkedKeys(): Promise<number> {
    return this.options.inTransaction((session) => this.environment.store.countParkedKeys(session));
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
    for (let failures = 0; !this.stopped.signal.aborted; failures += 1) {
      try {
        this.consumption = await bus.consume({
          group,
          topics,
          ...(batchMessagesMax === undefined ? {} : { batchMessagesMax }),
          checkpoint: (topic, partition) =>
            this.options.inTransaction((session) => this.environment.store.lastOffset(session, topic, partition)),
          handle: (batch) => this.handle(batch),
          ...(onError === undefined ? {} : { onError }),
        });
        return;
      } catch (error) {
        // The bus may be away, or the topic not made yet by the service that publishes it.
        unfailing(onError)(error);
        await this.pause(backOff(failures, 50, 1_000));
      }
    }
  }

  private async handle(batch: IncomingBatch): Promise<void> {
    const { attemptsMax = 3, retryFirstMs = 100 } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.tryRun(batch, batch.messages);
      if (failure === undefined) return;
      if (attempt >= attemptsMax) return this.isolate(batch, batch.messages, failure.error, attempt);
      await this.pause(backOff(attempt - 1, retryFirstMs, 5_000));
      // On the way out the next owner begins anew instead of this one parking in haste.
      if (this.stopped.signal.aborted) throw failure.error;
    }
  }

  /** Halves the run until the messages at fault stand alone; all others are applied, and those are parked. */
  private async isolate(
    batch: IncomingBatch,
    run: readonly Incoming[],
    error: unknown,
    attempts: number,
  ): Promise<void> {
    const [first] = run;
    if (run.length === 1 && first?.kind === 'event') {
      const reason = reasonOf(error);
      this.committed(await takeInRun(this.environment, batch, run, { reason, attempts }));
      unfailing(this.options.onParked)(first, reason);
      return;
    }
    if (run.length <= 1) throw error;
    const middle = Math.ceil(run.length / 2);
    for (const half of [run.slice(0, middle), run.slice(middle)]) {
      const failure = await this.tryRun(batch, half);
      if (failure !== undefined) await this.isolate(batch, half, failure.error, attempts + 1);
    }
  }

  /** Answers a failure that a message may be guilty of, and throws every other, for which the bus delivers again. */
  private async tryRun(batch: IncomingBatch, run: readonly Incoming[]): Promise<{ error: unknown } | undefined> {
    try {
      this.committed(await takeInRun(this.environment, batch, run));
      return undefined;
    } catch (error) {
      if (isEnvironmentFailure(error) || this.options.isTransient?.(error) === true) throw error;
      unfailing(this.options.onError)(error);
      return { error };
    }
  }

  private committed(rows: Parameters<Progress['merge']>[0]): void {
    this.known.merge(rows);
    this.reader.changed();
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll('\u0000', '').slice(0, 4_000);

/** Starts a consumer; it joins its group as soon as the bus is there. */
export const startConsumer = (options: ConsumerOptions): Consumer => new Consumer(options);
