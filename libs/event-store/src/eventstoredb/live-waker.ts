import { setTimeout as delay } from 'node:timers/promises';

import type { EventStoreDBClient } from '@eventstore/db-client';
import { END, streamNameFilter } from '@eventstore/db-client';

/** Between two tries to subscribe: from here, doubled each time in a row, up to there. */
const backOffMs = { first: 100, max: 5_000 };

/** How long the end of a subscription is waited for: one that still looks for the leader of a cluster has none before it knows. */
const endMs = 250;

/** Events that the server looks through before it says how far it is, which nobody here asks for. */
const checkpointInterval = 1_000;

type LiveSubscription = ReturnType<EventStoreDBClient['subscribeToAll']>;

/**
 * Tells when something was appended to the scope, by anybody. Nothing depends on it but time: what it misses, because
 * a subscription does not resume by itself, is found by looking at the end of the log.
 */
export class LiveWaker {
  private subscription: LiveSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pauseMs = backOffMs.first;
  private stopped = false;

  constructor(
    private readonly client: EventStoreDBClient,
    private readonly prefix: string,
    private readonly wake: () => void,
  ) {}

  start(): void {
    if (this.stopped || this.subscription || this.timer) return;
    const filter = streamNameFilter({ prefixes: [this.prefix], checkpointInterval });
    const subscription = this.client.subscribeToAll({ fromPosition: END, filter });
    this.subscription = subscription;
    // A drop comes as one `error` without an `end`, or as an `end` without an `error`.
    const lost = (): void => this.again(subscription);
    subscription.on('error', lost).on('end', lost).on('close', lost);
    subscription.on('data', () => this.wake());
    subscription.on('confirmation', () => {
      this.pauseMs = backOffMs.first;
      // For what came while there was no subscription.
      this.wake();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { subscription } = this;
    this.subscription = undefined;
    const ended = subscription?.unsubscribe().catch(() => undefined);
    if (ended) await Promise.race([ended, delay(endMs)]);
  }

  private again(lost: LiveSubscription): void {
    if (this.stopped || this.subscription !== lost) return;
    this.subscription = undefined;
    lost.unsubscribe().catch(() => undefined);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, backOffMs.max);
  }
}
