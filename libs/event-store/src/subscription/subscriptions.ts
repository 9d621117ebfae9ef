import type { Position, RecordedEvent } from '../event.js';
import type { SubscribeOptions, Subscription } from '../event-store.js';
import type { SubscriptionSource } from './catch-up-subscription.js';
import { CatchUpSubscription } from './catch-up-subscription.js';
import { RecentEvents } from './recent-events.js';
import type { TailWatcherOptions } from './tail-watcher.js';
import { TailWatcher } from './tail-watcher.js';

export interface SubscriptionsOptions extends TailWatcherOptions {
  readonly readAll: SubscriptionSource['readAll'];
  readonly beforeTheFirst: Position;
}

/** The subscriptions of one open store: they share one look at its end and stop with it. */
export class Subscriptions {
  private readonly open = new Set<Subscription>();
  private readonly tail: TailWatcher;
  private readonly recent = new RecentEvents();

  constructor(private readonly options: SubscriptionsOptions) {
    this.tail = new TailWatcher(options);
  }

  subscribe(options: SubscribeOptions): Subscription {
    const { readAll, head, compare, beforeTheFirst } = this.options;
    // A position that is none is told here, to the caller, and not again and again to `onError`.
    if (options.from !== 'start' && options.from !== 'end') compare(options.from, beforeTheFirst);
    const source: SubscriptionSource = {
      readAll,
      recent: this.recent,
      head,
      beforeTheFirst,
      waitBeyond: async (position, abort) => this.recent.goesBeyond(position) || (await this.tail.waitBeyond(position, abort)),
      wake: () => this.tail.committed(),
      onStopped: (stopped) => this.open.delete(stopped),
    };
    const subscription = new CatchUpSubscription(source, options);
    this.open.add(subscription);
    return subscription;
  }

  /**
   * Tells the subscriptions that wait at the end that something was committed in this process. Of a store with dense
   * positions what it was may be told, too: they need not read it then.
   */
  committed(events?: readonly RecordedEvent[]): void {
    const isKept = events !== undefined && this.open.size > 0;
    if (!isKept) this.recent.forget();
    this.tail.committed(isKept && this.recent.add(events));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.open].map((subscription) => subscription.stop()));
  }
}
