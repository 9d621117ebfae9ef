import type { StreamId } from '../event.js';
import type { ChainHead } from '../hash-chain.js';

/**
 * The heads of the streams that were appended to last, so that the usual append needs no look-up. Only a guess: the
 * append function compares version and hash under the lock of the stream.
 */
export class StreamHeads {
  private readonly heads = new Map<StreamId, ChainHead>();

  constructor(private readonly headsMax = 10_000) {}

  get(stream: StreamId): ChainHead | undefined {
    return this.heads.get(stream);
  }

  set(stream: StreamId, head: ChainHead): void {
    this.heads.delete(stream);
    this.heads.set(stream, head);
    if (this.heads.size <= this.headsMax) return;
    const oldest = this.heads.keys().next();
    if (!oldest.done) this.heads.delete(oldest.value);
  }

  delete(stream: StreamId): void {
    this.heads.delete(stream);
  }
}
