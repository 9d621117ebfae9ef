import { DoubleIndex } from './double-index.js';

/** An event in the log of the double, with everything that a read answers. */
export interface StoredEvent {
  readonly commit: number;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly created: number;
}

export type ProposedEvent = Pick<StoredEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
export type ExpectedRevision = 'any' | 'no-stream' | 'stream-exists' | bigint;

export type AppendOutcome =
  | { readonly result: 'stored'; readonly revision: bigint; readonly commit: number }
  | { readonly result: 'wrong-revision'; readonly current: bigint | undefined }
  | { readonly result: 'deleted' }
  /** A repetition of a write that is not indexed yet, which the server drops without an answer. */
  | { readonly result: 'dropped' }
  | { readonly result: 'too-large' };

export interface DoubleLogOptions {
  /** In bytes; the default is that of the server. */
  readonly maxAppendBytes?: number;
  /** How long a write takes to be seen by readers; default 0. */
  readonly indexDelayMs?: number;
}

/** What the server writes at its start; no read of the whole log answers it, though each counts it as one of those it considered. */
export const hiddenStream = '$epoch-information';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));
const sizeOf = ({ type, data, metadata }: ProposedEvent): number => data.length + metadata.length + type.length * 2;
/** What the server writes as the revision of a tombstone, and as the truncation of a deleted stream. */
const lastRevision = 9_223_372_036_854_775_807n;

/**
 * What a live EventStoreDB 23.10 was seen to keep and to answer: one log for all streams, revisions from 0, and
 * repetitions that are told by ids and never by what is in the events. Outlives the server that serves it, as a disk
 * does; `forgetRecentIds` is what a restart does.
 */
export class DoubleLog {
  /** What readers see. */
  readonly events: StoredEvent[] = [];
  private readonly index: DoubleIndex;
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly softDeleted = new Set<string>();
  private readonly tombstoned = new Set<string>();
  private readonly truncatedBefore = new Map<string, bigint>();
  private readonly recentIds = new Map<string, StoredEvent>();
  private readonly listeners = new Set<() => void>();
  private end = 219;
  readonly maxAppendBytes: number;

  constructor({ maxAppendBytes = 1_048_576, indexDelayMs = 0 }: DoubleLogOptions = {}) {
    this.maxAppendBytes = maxAppendBytes;
    this.index = new DoubleIndex(indexDelayMs);
    // A server is never empty: it has written about itself before anybody came.
    this.write('$users', [{ id: crypto.randomUUID(), type: '$User', contentType: 'application/json', data: text('{}'), metadata: text('') }]);
  }

  /** Resolves once readers see everything that was written before. */
  async indexed(): Promise<void> {
    await this.index.idle();
  }

  /** As a server does that starts. */
  writeEpoch(): void {
    this.write(hiddenStream, [{ id: crypto.randomUUID(), type: '$epoch-information', contentType: 'application/json', data: text('{}'), metadata: text('') }]);
  }

  onAppended(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  forgetRecentIds(): void {
    this.recentIds.clear();
  }

  /** Undefined for a stream that reads as not found. */
  stream(name: string): readonly StoredEvent[] | 'tombstoned' | undefined {
    if (this.tombstoned.has(name)) return 'tombstoned';
    if (this.softDeleted.has(name)) return undefined;
    const from = this.truncatedBefore.get(name) ?? 0n;
    const seen = this.streams.get(name)?.filter(({ commit }) => this.index.has(commit));
    return seen?.length === 0 ? undefined : seen?.filter(({ revision }) => revision >= from);
  }

  append(name: string, expected: ExpectedRevision, events: readonly ProposedEvent[]): AppendOutcome {
    if (this.tombstoned.has(name)) return { result: 'deleted' };
    if (events.reduce((sum, event) => sum + sizeOf(event), 0) > this.maxAppendBytes) return { result: 'too-large' };
    // Seen: nothing was written, and the answer says revision 0.
    if (events.length === 0) return { result: 'stored', revision: 0n, commit: 0 };
    const stored = this.streams.get(name) ?? [];
    const current = stored.at(-1)?.revision ?? -1n;
    if (expected === 'any' || expected === 'stream-exists') {
      const known = events.map(({ id }) => this.recentIds.get(`${name} ${id}`));
      const last = known.at(-1);
      if (last && known.every((event) => event !== undefined)) return answerOf(last);
    } else {
      const revision = expected === 'no-stream' ? -1n : expected;
      const restarts = this.softDeleted.has(name) && expected === 'no-stream';
      if (revision !== current && !restarts) {
        const repeated = repetition(stored, revision, events) ?? wrong(current);
        return repeated.result === 'stored' && !this.index.has(repeated.commit) ? { result: 'dropped' } : repeated;
      }
    }
    const last = this.write(name, events);
    this.softDeleted.delete(name);
    return last ? answerOf(last) : { result: 'stored', revision: 0n, commit: 0 };
  }

  softDelete(name: string): void {
    const data = text(JSON.stringify({ $tb: 'max' }).replace('"max"', String(lastRevision)));
    this.write(`$$${name}`, [{ id: crypto.randomUUID(), type: '$metadata', contentType: 'application/json', data, metadata: text('') }]);
    this.softDeleted.add(name);
    // What was written before does not come back when the stream is begun again, and revisions go on.
    this.truncatedBefore.set(name, (this.streams.get(name)?.at(-1)?.revision ?? -1n) + 1n);
  }

  tombstone(name: string): void {
    const event = { id: crypto.randomUUID(), type: '$streamDeleted', contentType: 'application/octet-stream' };
    this.push({ ...event, stream: name, revision: lastRevision, data: text(''), metadata: text('') });
    this.tombstoned.add(name);
  }

  private write(name: string, events: readonly ProposedEvent[]): StoredEvent | undefined {
    const stored = this.streams.get(name) ?? [];
    this.streams.set(name, stored);
    for (const event of events) {
      const added = this.push({ ...event, stream: name, revision: (stored.at(-1)?.revision ?? -1n) + 1n });
      stored.push(added);
      this.recentIds.set(`${name} ${event.id}`, added);
    }
    return stored.at(-1);
  }

  private push(event: Omit<StoredEvent, 'commit' | 'created'>): StoredEvent {
    const stored = { ...event, commit: this.end, created: Date.now() };
    this.end += 97 + sizeOf(event) + event.stream.length;
    this.index.add(stored.commit, () => {
      this.events.push(stored);
      for (const listener of [...this.listeners]) listener();
    });
    return stored;
  }
}

const answerOf = ({ revision, commit }: StoredEvent): AppendOutcome => ({ result: 'stored', revision, commit });

const wrong = (current: bigint): AppendOutcome => ({
  result: 'wrong-revision',
  current: current < 0n ? undefined : current,
});

/** Seen: a full or prefix replay at the old revision is answered as the first time, by the ids alone. */
const repetition = (
  stored: readonly StoredEvent[],
  revision: bigint,
  events: readonly ProposedEvent[],
): AppendOutcome | undefined => {
  const before = stored.filter((event) => event.revision > revision).slice(0, events.length);
  const last = before.at(-1);
  const same = before.length === events.length && events.every(({ id }, index) => before[index]?.id === id);
  return same && last ? answerOf(last) : undefined;
};
