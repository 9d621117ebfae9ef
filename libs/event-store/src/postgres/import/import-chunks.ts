import { setImmediate } from 'node:timers/promises';

import { chainEnvelopes } from '../../chain-append.js';
import type { Instant, NewEvent, StreamId } from '../../event.js';
import type { ChainHead } from '../../hash-chain.js';
import { chainStart } from '../../hash-chain.js';
import type { CheckedAppend } from '../../validate-append.js';
import { CopyPages } from './copy-pages.js';
import { eventOfRow } from './copy-row.js';

/** A stream that does not exist yet, with its first events. */
export interface NewStream {
  readonly stream: StreamId;
  readonly events: readonly NewEvent[];
}

/** A new stream of which every rule was checked, as it will be stored. Its events are rows of the chunk. */
export interface PreparedStream {
  readonly stream: StreamId;
  readonly head: ChainHead;
  readonly calledAt: Instant;
  readonly bytes: number;
  /** Number of its first row, from 0. */
  readonly firstRow: number;
}

/** New streams that are stored together, with their rows in the same order. */
export interface ImportChunk {
  readonly streams: readonly PreparedStream[];
  readonly pages: CopyPages;
}

/** What is stored together; appends wait for it, so it is bounded. */
export const chunkLimits = {
  eventsMax: 5_000,
  /** A single larger stream goes alone. */
  bytesMax: 8_000_000,
} as const;

/** So much is made ready at a stretch before sockets and timers have their turn: a fraction of a millisecond. */
const stretchEvents = 40;

/**
 * Cuts what is imported into chunks, in its order, checked and with its hashes. A stream that comes twice starts a new
 * chunk, and finds itself there. @throws InvalidAppendError by `check`
 */
export async function* chunksOf(
  streams: AsyncIterable<NewStream> | Iterable<NewStream>,
  check: (given: NewStream) => CheckedAppend,
): AsyncGenerator<ImportChunk> {
  let chunk = new GrowingChunk();
  let stretch = 0;
  for await (const given of streams) {
    const append = check(given);
    if (!chunk.takes(append)) {
      yield chunk.done();
      chunk = new GrowingChunk();
    }
    chunk.add(append);
    stretch += append.events.length;
    if (stretch >= stretchEvents) {
      stretch = 0;
      await setImmediate();
    }
  }
  if (!chunk.empty) yield chunk.done();
}

class GrowingChunk {
  private readonly streams = new Map<StreamId, PreparedStream>();
  private readonly pages = new CopyPages();
  private bytes = 0;

  get empty(): boolean {
    return this.streams.size === 0;
  }

  takes({ stream, events, bytes }: CheckedAppend): boolean {
    if (this.empty) return true;
    const fits = this.pages.rows + events.length <= chunkLimits.eventsMax && this.bytes + bytes <= chunkLimits.bytesMax;
    return fits && !this.streams.has(stream);
  }

  add(append: CheckedAppend): void {
    const { stream, calledAt, bytes } = append;
    const firstRow = this.pages.rows;
    const chained = chainEnvelopes(append, chainStart);
    for (const [index, event] of chained.entries()) this.pages.add(event, append.events[index]?.dataText ?? '');
    const { version, hash, recordedAt } = chained.at(-1) ?? chainStart;
    this.streams.set(stream, { stream, head: { version, hash, recordedAt }, calledAt, bytes, firstRow });
    this.bytes += bytes;
  }

  done(): ImportChunk {
    return { streams: [...this.streams.values()], pages: this.pages };
  }
}

/** The append that a stream of a chunk was made from. */
export const appendOf = (chunk: ImportChunk, { stream, head, calledAt, bytes, firstRow }: PreparedStream): CheckedAppend => {
  const events = chunk.pages.slice(firstRow, head.version).map(eventOfRow);
  return { stream, expected: 'no-stream', expectedVersion: 0, events, calledAt, bytes };
};

/** The chunk with these of its streams only. */
export const chunkWith = (chunk: ImportChunk, streams: readonly PreparedStream[]): ImportChunk => {
  const pages = new CopyPages();
  const kept = streams.map((stream) => {
    const firstRow = pages.rows;
    for (const row of chunk.pages.slice(stream.firstRow, stream.head.version)) pages.addRow(row);
    return { ...stream, firstRow };
  });
  return { streams: kept, pages };
};
