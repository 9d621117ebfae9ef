import type { RecordedEvent, StreamId } from '../event.js';
import type { ChainHead } from '../hash-chain.js';
import { chainStart } from '../hash-chain.js';

/** A stream up to some version: the end of its chain, and which ids stand in it. What is known never becomes untrue. */
export class KnownStream {
  head: ChainHead = chainStart;
  private readonly versions = new Map<string, number>();

  get version(): number {
    return this.head.version;
  }

  get ids(): number {
    return this.versions.size;
  }

  versionOf(eventId: string): number | undefined {
    return this.versions.get(eventId);
  }

  /** Takes in what follows the head. What is known already or does not follow on is passed over. */
  learn(events: readonly RecordedEvent[]): void {
    for (const { version, hash, recordedAt, id } of events) {
      if (version !== this.version + 1) continue;
      this.head = { version, hash, recordedAt };
      if (!this.versions.has(id)) this.versions.set(id, version);
    }
  }
}

const limits = { streamsMax: 10_000, idsMax: 500_000 } as const;

/**
 * The streams that were read or appended to last. EventStoreDB has no index of ids: a repeated id is found by knowing
 * all ids of its stream, and reading them once for each append would cost more than the append. That another process
 * has appended since is told by the server, which compares the revision.
 */
export class KnownStreams {
  private readonly streams = new Map<StreamId, KnownStream>();
  private idsAll = 0;

  constructor(private readonly max: { readonly streamsMax: number; readonly idsMax: number } = limits) {}

  get(stream: StreamId): KnownStream | undefined {
    const known = this.streams.get(stream);
    if (known) {
      this.streams.delete(stream);
      this.streams.set(stream, known);
    }
    return known;
  }

  /** What a reader has just seen, from the first version or going on behind what is known; anything else is no use. */
  learn(stream: StreamId, events: readonly RecordedEvent[]): KnownStream | undefined {
    const first = events[0]?.version ?? 1;
    const known = this.streams.get(stream) ?? (first === 1 ? new KnownStream() : undefined);
    if (!known) return undefined;
    const before = known.ids;
    known.learn(events);
    this.idsAll += known.ids - before;
    this.streams.delete(stream);
    this.streams.set(stream, known);
    this.forgetOldest();
    return known;
  }

  forget(stream: StreamId): void {
    this.idsAll -= this.streams.get(stream)?.ids ?? 0;
    this.streams.delete(stream);
  }

  private forgetOldest(): void {
    while (this.streams.size > 1 && (this.streams.size > this.max.streamsMax || this.idsAll > this.max.idsMax)) {
      const oldest = this.streams.keys().next();
      if (oldest.done) return;
      this.forget(oldest.value);
    }
  }
}
