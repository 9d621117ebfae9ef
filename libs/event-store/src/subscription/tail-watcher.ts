import type { Position } from '../event.js';
import { WakeSignal } from './wake-signal.js';

export interface TailWatcherOptions {
  readonly head: () => Promise<Position>;
  readonly compare: (left: Position, right: Position) => number;
  /** Between two looks while they find events, which nobody in this process has told of. */
  readonly pollIntervalMs: number;
  /** What the pause grows to while none come. */
  readonly idleIntervalMsMax: number;
}

interface Waiter {
  readonly position: Position;
  readonly resolve: (told: boolean) => void;
}

/**
 * Watches the end of one store for all of its subscriptions that have caught up: one query answers for all of them,
 * and none is made while nobody waits. A commit of this process tells at once; polling is the truth.
 */
export class TailWatcher {
  private readonly waiters = new Set<Waiter>();
  private readonly signal = new WakeSignal();
  private watching = false;
  private pauseMs: number;

  constructor(private readonly options: TailWatcherOptions) {
    this.pauseMs = options.pollIntervalMs;
  }

  /**
   * Resolves when there may be events after `position`, when the store cannot be asked, or when `abort` fires. True when
   * it was told of a commit, and false when it has seen that there is something to read, or to meet.
   */
  async waitBeyond(position: Position, abort: AbortSignal): Promise<boolean> {
    if (abort.aborted) return false;
    return await new Promise<boolean>((resolve) => {
      const stop = (): void => waiter.resolve(false);
      const waiter: Waiter = {
        position,
        resolve: (told) => {
          this.waiters.delete(waiter);
          abort.removeEventListener('abort', stop);
          // The last one to go ends the pause too, which would keep the process alive for as long as it lasts.
          if (this.waiters.size === 0) this.signal.wake();
          resolve(told);
        },
      };
      abort.addEventListener('abort', stop);
      this.waiters.add(waiter);
      void this.watch();
    });
  }

  /**
   * Something was committed in this process. It says nothing of others: how soon to look for theirs stays as it is. Who
   * comes a moment later looks at once, unless `isKnown`: then they know of it by themselves.
   */
  committed(isKnown = false): void {
    for (const waiter of [...this.waiters]) waiter.resolve(true);
    if (!isKnown) this.signal.wake();
  }

  private async watch(): Promise<void> {
    if (this.watching) return;
    this.watching = true;
    while (this.waiters.size > 0) {
      await this.signal.wait(this.pauseMs);
      if (this.waiters.size > 0) await this.look();
    }
    this.watching = false;
  }

  private async look(): Promise<void> {
    let behind: readonly Waiter[];
    try {
      const head = await this.options.head();
      behind = [...this.waiters].filter(({ position }) => this.options.compare(head, position) > 0);
    } catch {
      // The subscriptions read next, meet the same error, report it and back off.
      behind = [...this.waiters];
    }
    const { pollIntervalMs, idleIntervalMsMax } = this.options;
    this.pauseMs = behind.length > 0 ? pollIntervalMs : Math.min(this.pauseMs * 1.5, idleIntervalMsMax);
    for (const waiter of behind) waiter.resolve(false);
  }
}
