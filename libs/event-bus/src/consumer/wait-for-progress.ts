import type { EventBus } from '../event-bus.js';
import { EventBusUnavailableError } from '../event-bus.js';
import type { InTransaction } from '../sql-session.js';
import type { ConsumerStore, ProgressRow } from '../postgres/consumer-store.js';
import { tellOfWaiting } from '../relay/local-relays.js';
import type { ComparePositions, Progress } from './progress.js';
import { beforeTheFirst } from './progress.js';

/** The position was not applied in time; the reader may ask again. */
export class ProgressTimeoutError extends Error {
  override readonly name = 'ProgressTimeoutError';
  constructor(
    readonly scope: string,
    readonly position: string,
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(`Position ${position} of ${scope} was not applied within ${timeoutMs} ms`, options);
  }
}

export interface WaitOptions {
  /** Waits for the partition of this key alone; without it for every partition. */
  readonly key?: string;
  /** Default 5,000. */
  readonly timeoutMs?: number;
}

/**
 * The delivery is hurried when nothing has changed for a while, first for so long: other processes publish without a word
 * to this one. While it brings something it needs no hurry.
 */
const wakeFirstMs = 3;
const wakeAgainMs = 10;
/** Between two looks at the database, for what other copies have committed: doubling from the first to the last. */
const lookFirstMs = 10;
const lookLastMs = 50;
/** Where all progress of late was this process's own, the first look comes so much later at least: it hardly ever finds anything. */
const lookAloneMs = 15;
const ofLateMs = 5_000;

const partitionOf = ({ topic, partition }: ProgressRow): string => `${partition}@${topic}`;

/** When one who waits looks at the database: first, then ever more seldom. Commits of this process need no look. */
class Looks {
  private nextAt: number;
  private pauseMs = lookFirstMs;

  constructor(firstAfterMs: number) {
    this.nextAt = performance.now() + firstAfterMs;
  }

  due(): boolean {
    const now = performance.now();
    if (now < this.nextAt) return false;
    this.nextAt = now + this.pauseMs;
    this.pauseMs = Math.min(lookLastMs, this.pauseMs * 2);
    return true;
  }
}

/** Knows how far a group has come: by what this process committed, else by what the database says for all copies. */
export class ProgressReader {
  private refreshing: Promise<void> | undefined;
  private readonly listeners = new Set<() => void>();
  /** When a look last found what another copy had committed; infinite before the first look. */
  private othersSeenAt = Infinity;
  /** By partition: when this process has moved it last. */
  private readonly ownAt = new Map<string, number>();

  constructor(
    private readonly bus: EventBus,
    private readonly inTransaction: InTransaction,
    private readonly store: ConsumerStore,
    private readonly known: Progress,
    private readonly compare: ComparePositions,
    private readonly wake: () => void,
    private readonly stopped: AbortSignal,
  ) {}

  /** To be called after each commit of this process, with what it has moved, so that those who wait look again. */
  changed(moved: readonly ProgressRow[]): void {
    for (const row of moved) this.ownAt.set(partitionOf(row), performance.now());
    for (const listener of [...this.listeners]) listener();
  }

  /** The lowest position over the partitions in question; undefined while one of them has seen nothing of the scope. */
  async appliedUpTo(scope: string, key?: string): Promise<string | undefined> {
    await this.refresh();
    return this.lowest(scope, key);
  }

  /** Resolves once the position is applied. @throws ProgressTimeoutError, InvalidPositionError */
  async waitFor(scope: string, position: string, options: WaitOptions = {}): Promise<void> {
    const { key, timeoutMs = 5_000 } = options;
    if (this.compare(scope, position, beforeTheFirst) <= 0) return;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const timer = setTimeout(end, timeoutMs);
    this.stopped.addEventListener('abort', end);
    const over = new Promise<boolean>((resolve) => ending.signal.addEventListener('abort', () => resolve(false)));
    if (this.stopped.aborted) end();
    let cause: unknown;
    const isAlone = performance.now() - this.othersSeenAt > ofLateMs && timeoutMs > lookLastMs;
    const looks = new Looks(isAlone ? lookAloneMs : 0);
    const look = (): Promise<boolean> =>
      this.look(scope, position, key, looks).catch((error: unknown) => {
        cause = error;
        return false;
      });
    try {
      // Raced, because a database that hangs must not hold the reader beyond the deadline.
      for (let pauseMs = wakeFirstMs; !(await Promise.race([look(), over])); pauseMs = wakeAgainMs) {
        if (ending.signal.aborted) throw new ProgressTimeoutError(scope, position, timeoutMs, { cause });
        const isComing = tellOfWaiting(scope, position);
        if (!(await this.changesWithin(pauseMs, ending.signal)) && !isComing) this.wake();
      }
    } finally {
      clearTimeout(timer);
      this.stopped.removeEventListener('abort', end);
    }
  }

  private async look(scope: string, position: string, key: string | undefined, looks: Looks): Promise<boolean> {
    if (await this.hasApplied(scope, position, key)) return true;
    if (!looks.due()) return false;
    await this.refresh();
    return this.hasApplied(scope, position, key);
  }

  private async hasApplied(scope: string, position: string, key: string | undefined): Promise<boolean> {
    const lowest = await this.lowest(scope, key);
    return lowest !== undefined && this.compare(scope, lowest, position) >= 0;
  }

  private async lowest(scope: string, key: string | undefined): Promise<string | undefined> {
    let lowest: string | undefined;
    for (const topic of this.known.topicsOf(scope)) {
      for (const partition of await this.partitionsOf(topic, key)) {
        const position = this.known.of(topic, partition, scope);
        if (position === undefined) return undefined;
        if (lowest === undefined || this.compare(scope, position, lowest) < 0) lowest = position;
      }
    }
    return lowest;
  }

  private async partitionsOf(topic: string, key: string | undefined): Promise<readonly number[]> {
    if (key !== undefined) return [await this.bus.partitionOf(topic, key)];
    return Array.from({ length: await this.bus.partitions(topic) }, (_, partition) => partition);
  }

  /** Reads the progress of all copies; those who wait at the same time share one look. */
  private refresh(): Promise<void> {
    if (this.stopped.aborted) return Promise.reject(new EventBusUnavailableError('The consumer was stopped'));
    this.refreshing ??= this.inTransaction((session) => this.store.progress(session))
      .then((rows) => {
        const isFirst = this.othersSeenAt === Infinity;
        // A look may see a commit of this process before the process is told of it.
        const isForeign = (row: ProgressRow): boolean => performance.now() - (this.ownAt.get(partitionOf(row)) ?? -Infinity) > ofLateMs;
        if (this.known.merge(rows).some(isForeign) || isFirst) this.othersSeenAt = performance.now();
      })
      .finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Resolves with the next change, or false once there was none for so long, or at the deadline. */
  private async changesWithin(milliseconds: number, deadline: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (changed: boolean): void => {
        clearTimeout(timer);
        deadline.removeEventListener('abort', unchanged);
        this.listeners.delete(change);
        resolve(changed);
      };
      const change = (): void => done(true);
      const unchanged = (): void => done(false);
      const timer = setTimeout(unchanged, milliseconds);
      deadline.addEventListener('abort', unchanged);
      this.listeners.add(change);
    });
  }
}
