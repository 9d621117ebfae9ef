import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../delivery/signal.js';
import type { Incoming, IncomingBatch } from '../event-bus.js';
import { unfailing } from '../unfailing.js';
import type { BatchEnvironment, Taken } from './apply-batch.js';
import { takeInRun } from './apply-batch.js';
import { reasonOf } from './failures.js';

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

/** Takes batches in: as a whole where that works, else in parts, until what cannot be applied is parked. */
export class BatchHandler {
  constructor(private readonly options: BatchHandlerOptions) {}

  async handle(batch: IncomingBatch): Promise<void> {
    const { attemptsMax, retryFirstMs, stopped } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.tryRun(batch, batch.messages);
      if (failure === undefined) return;
      if (attempt >= attemptsMax) return this.isolate(batch, batch.messages, failure.error, attempt);
      await sleep(backOff(attempt - 1, retryFirstMs, 5_000), undefined, { signal: stopped }).catch(() => undefined);
      // On the way out the next owner begins anew instead of this one parking in haste.
      if (stopped.aborted) throw failure.error;
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
      const verdict = { reason: reasonOf(error), attempts };
      this.options.committed(await takeInRun(this.options.environment, batch, run, verdict));
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
      this.options.committed(await takeInRun(this.options.environment, batch, run));
      return undefined;
    } catch (error) {
      if (this.options.isBlameless(error)) throw error;
      unfailing(this.options.onError)(error);
      return { error };
    }
  }
}
