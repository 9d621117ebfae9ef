import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../delivery/signal.js';
import type { Incoming, IncomingBatch } from '../event-bus.js';
import { EventBusUnavailableError } from '../event-bus.js';
import { unfailing } from '../unfailing.js';
import type { BatchEnvironment, Taken } from './apply-batch.js';
import { takeInBatch, takeInPart } from './apply-batch.js';
import { isStatementTimeout, reasonOf } from './failures.js';

export interface BatchHandlerOptions {
  readonly environment: BatchEnvironment;
  readonly attemptsMax: number;
  readonly retryFirstMs: number;
  /** A failure that no message is guilty of. */
  readonly isBlameless: (error: unknown) => boolean;
  readonly committed: (taken: Taken) => void;
  readonly onError: ((error: unknown) => void) | undefined;
  readonly stopped: AbortSignal;
}

/**
 * How often a message may pass the time limit of a statement, alone in its transaction, before it is parked. One that was
 * slow because the database was has as many chances, some minutes in all by a limit of a minute; and it is parked only by
 * a transaction that does all of the same but its effect, and has to keep within the limit.
 */
const timeoutsMax = 5;

/** Takes batches in: as a whole where that works, else in parts, until what cannot be applied is parked. */
export class BatchHandler {
  /** By partition: the message that has passed the time limit last, and how often; all before it are taken in. */
  private readonly slow = new Map<string, { readonly offset: string; readonly timeouts: number }>();

  constructor(private readonly options: BatchHandlerOptions) {}

  async handle(batch: IncomingBatch): Promise<void> {
    const { attemptsMax, retryFirstMs, stopped } = this.options;
    if (this.slow.has(nameOf(batch))) return this.takeOneByOne(batch);
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.tryRun(batch, batch.messages);
      if (failure === undefined) return;
      // Less at once is what a slow database needs as well, and it shows whether one message is at fault.
      if (isStatementTimeout(failure.error)) return this.takeOneByOne(batch);
      if (attempt >= attemptsMax) return this.isolate(batch, batch.messages, failure.error, attempt);
      await sleep(backOff(attempt - 1, retryFirstMs, 5_000), undefined, { signal: stopped }).catch(() => undefined);
      // On the way out the next owner begins anew instead of this one parking in haste.
      if (stopped.aborted) throw failure.error;
    }
  }

  private async takeOneByOne(batch: IncomingBatch): Promise<void> {
    for (const message of batch.messages) {
      if (this.options.stopped.aborted) throw new EventBusUnavailableError('The consumer was stopped');
      const failure = await this.tryRun(batch, [message]);
      if (failure === undefined) continue;
      if (isStatementTimeout(failure.error)) await this.judgeSlow(batch, message, failure.error);
      else await this.isolate(batch, [message], failure.error, 1);
    }
    this.slow.delete(nameOf(batch));
  }

  /** Throws, so that the bus delivers it again after a while, until it was slow too often. */
  private async judgeSlow(batch: IncomingBatch, message: Incoming, error: unknown): Promise<void> {
    const before = this.slow.get(nameOf(batch));
    const timeouts = before?.offset === message.offset ? before.timeouts + 1 : 1;
    this.slow.set(nameOf(batch), { offset: message.offset, timeouts });
    if (message.kind !== 'event' || timeouts < timeoutsMax) throw error;
    const reason = `${reasonOf(error)}; it was alone in its transaction, ${timeouts} times`;
    this.options.committed(await takeInPart(this.options.environment, batch, [message], { reason, attempts: timeouts }));
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
      const verdict = { reason: reasonOf(error), attempts };
      this.options.committed(await takeInPart(this.options.environment, batch, run, verdict));
      return;
    }
    if (run.length <= 1) throw error;
    const middle = Math.ceil(run.length / 2);
    for (const half of [run.slice(0, middle), run.slice(middle)]) {
      const failure = await this.tryRun(batch, half);
      if (failure !== undefined && isStatementTimeout(failure.error)) throw failure.error;
      if (failure !== undefined) await this.isolate(batch, half, failure.error, attempts + 1);
    }
  }

  /** Answers a failure that a message may be guilty of, and throws every other, for which the bus delivers again. */
  private async tryRun(batch: IncomingBatch, run: readonly Incoming[]): Promise<{ error: unknown } | undefined> {
    try {
      const { environment } = this.options;
      const whole = run === batch.messages;
      this.options.committed(await (whole ? takeInBatch(environment, batch) : takeInPart(environment, batch, run)));
      return undefined;
    } catch (error) {
      if (!isStatementTimeout(error) && this.options.isBlameless(error)) throw error;
      unfailing(this.options.onError)(error);
      return { error };
    }
  }
}

const nameOf = ({ topic, partition }: IncomingBatch): string => `${partition}@${topic}`;
