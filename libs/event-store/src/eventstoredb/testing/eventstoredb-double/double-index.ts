import { setTimeout as delay } from 'node:timers/promises';

/**
 * Up to where readers see the log. A server answers readers out of its index, which follows the log: a write is
 * acknowledged once it is indexed, while a revision is refused as soon as the log has another one.
 */
export class DoubleIndex {
  private upTo = -1;
  private readonly pending = new Set<Promise<void>>();

  /** @param delayMs how long a write takes to be seen; 0: it is seen at once */
  constructor(private readonly delayMs: number) {}

  has(commit: number): boolean {
    return commit <= this.upTo;
  }

  /** Calls `seen` when the write is indexed. */
  add(commit: number, seen: () => void): void {
    const index = (): void => {
      this.upTo = commit;
      seen();
    };
    if (this.delayMs === 0) return index();
    const indexing = delay(this.delayMs).then(index);
    this.pending.add(indexing);
    void indexing.then(() => this.pending.delete(indexing));
  }

  /** Resolves once everything that was written before is indexed. */
  async idle(): Promise<void> {
    await Promise.all(this.pending);
  }
}
