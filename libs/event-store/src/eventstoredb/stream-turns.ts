import type { StreamId } from '../event.js';

/** Lets the appends of this process to one stream take turns; other streams do not wait. */
export class StreamTurns {
  private readonly last = new Map<StreamId, Promise<unknown>>();

  async take<Result>(stream: StreamId, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(stream) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.last.set(stream, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(stream) === mine) this.last.delete(stream);
    }
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.last.size > 0) await Promise.allSettled([...this.last.values()]);
  }
}
