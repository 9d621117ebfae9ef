import type { RecordedEvent } from '../event.js';
import { eventStoreLimits } from '../event.js';
import { canonicalEvent, canonicalJson } from '../hash-chain.js';

interface PieceLimits {
  readonly oneStream: boolean;
  readonly bytesMax: number;
}

/** Below what EventStoreDB takes at once by default (1 MiB), with room for what it adds to each event. */
const runBytesMax = 900_000;
/** What a transaction of PostgreSQL takes without keeping anybody waiting for long. */
const pieceBytesMax = 8_000_000;

/** Cuts events into runs that can be appended at once: one stream, one after the other, not too many, not too large. */
export const runsOf = (events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] =>
  cut(events, { oneStream: true, bytesMax: runBytesMax });

/** Cuts events into pieces for an engine that stores events of many streams at once. */
export const piecesOf = (events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] =>
  cut(events, { oneStream: false, bytesMax: pieceBytesMax });

const cut = (events: readonly RecordedEvent[], { oneStream, bytesMax }: PieceLimits): readonly (readonly RecordedEvent[])[] => {
  const pieces: RecordedEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(canonicalEvent(event, canonicalJson(event.data)), 'utf8');
    const piece = pieces.at(-1);
    const fits = piece !== undefined && piece.length < eventStoreLimits.appendEventsMax && bytes + size <= bytesMax;
    if (fits && (!oneStream || piece[0]?.stream === event.stream)) {
      piece.push(event);
      bytes += size;
    } else {
      pieces.push([event]);
      bytes = size;
    }
  }
  return pieces;
};
