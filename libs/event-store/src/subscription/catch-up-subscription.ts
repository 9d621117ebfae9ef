import type { Position } from '../event.js';
import type { ReadAllOptions, ReadAllPage, SubscribeOptions, Subscription } from '../event-store.js';
import { checkLimit } from '../validate-read.js';
import type { RecentEvents } from './recent-events.js';

export interface SubscriptionSource {
  readAll(options: ReadAllOptions): Promise<ReadAllPage>;
  /** Pages that need no question to the store. */
  readonly recent: RecentEvents;
  head(): Promise<Position>;
  readonly beforeTheFirst: Position;
  waitBeyond(position: Position, abort: AbortSignal): Promise<boolean>;
  /** Lets those go that wait at the end. */
  wake(): void;
  onStopped(subscription: Subscription): void;
}

/** After an error: from here, doubled each time in a row, up to there. */
const backOffMs = { first: 50, max: 1_000 };
const batchEventsDefault = 500;

/**
 * Reads page after page and hands each to the handler, then waits at the end of the store. Holds one page at a
 * time: the next is read when the handler is done with this one.
 */
export class CatchUpSubscription implements Subscription {
  readonly started: Promise<void>;
  private readonly abort = new AbortController();
  private readonly running: Promise<void>;
  private readonly batchEventsMax: number;
  /** Somebody expects that there is something, whatever this process knows of. */
  private looksForOthers = true;
  /** What it has read goes on with what this process appends: they are of one record. */
  private followsRecent = false;
  private reportStarted: () => void = () => undefined;

  constructor(
    private readonly source: SubscriptionSource,
    private readonly options: SubscribeOptions,
  ) {
    this.batchEventsMax = checkLimit(options.batchEventsMax ?? batchEventsDefault);
    this.started = new Promise((resolve) => {
      this.reportStarted = resolve;
    });
    this.running = this.run();
  }

  wake(): void {
    this.looksForOthers = true;
    this.source.wake();
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
    this.source.onStopped(this);
  }

  private get stopped(): boolean {
    return this.abort.signal.aborted;
  }

  private async run(): Promise<void> {
    let position = await this.untilDone(() => this.start());
    this.reportStarted();
    while (!this.stopped && position !== undefined) {
      position = await this.step(position);
    }
  }

  private async start(): Promise<Position> {
    const { from } = this.options;
    if (from === 'start') return this.source.beforeTheFirst;
    return from === 'end' ? await this.source.head() : from;
  }

  /** One page, delivered; the position after it, or undefined once stopped. */
  private async step(after: Position): Promise<Position | undefined> {
    const page = await this.nextPage(after);
    if (!page || this.stopped) return undefined;
    if (page.readUpTo === after) {
      const told = await this.source.waitBeyond(after, this.abort.signal);
      if (!told) this.looksForOthers = true;
      return after;
    }
    const { handle } = this.options;
    const delivered = await this.untilDone(async () => {
      await handle(page.events, page.readUpTo);
      return true;
    });
    return delivered ? page.readUpTo : undefined;
  }

  private async nextPage(after: Position): Promise<ReadAllPage | undefined> {
    const asked = { after, filter: this.options.filter, limit: this.batchEventsMax };
    const { recent } = this.source;
    const known = this.looksForOthers || !this.followsRecent ? undefined : recent.after(after, asked);
    this.looksForOthers = false;
    if (known !== undefined) return known;
    const knownBefore = recent.lastPosition;
    const page = await this.untilDone(() => this.source.readAll(asked));
    if (page === undefined) return undefined;
    recent.checkAgainst(page, this.batchEventsMax, knownBefore);
    this.followsRecent ||= page.readUpTo === after || recent.has(page.events.at(-1));
    return page;
  }

  /** Tries until it works, with a pause that grows; undefined when stopped before that. */
  private async untilDone<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (let pauseMs = backOffMs.first; !this.stopped; pauseMs = Math.min(pauseMs * 2, backOffMs.max)) {
      try {
        return await work();
      } catch (error) {
        // By the time the store answers again, it may be another record.
        this.followsRecent = false;
        this.source.recent.forget();
        this.report(error);
        await this.pause(pauseMs);
      }
    }
    return undefined;
  }

  private report(error: unknown): void {
    try {
      this.options.onError?.(error);
    } catch {
      // A reporter that fails must not end the delivery it reports on.
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    const { signal } = this.abort;
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener('abort', done);
    });
  }
}
