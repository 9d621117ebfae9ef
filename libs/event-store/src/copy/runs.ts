import type { RecordedEvent } from '../event.js';
import { eventStoreLimits } from '../event.js';
import { canonicalEvent, canonicalJson } from '../hash-chain.js';

/** Below what EventStoreDB takes at once by default (1 MiB), with room for what it adds to each event. */
const runBytesMax = 900_000;

/** Cuts events into runs that can be appended at once: one stream, one after the other, not too many, not too large. */
export const runsOf = (events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] => {
  const runs: RecordedEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(canonicalEvent(event, canonicalJson(event.data)), 'utf8');
    const run = runs.at(-1);
    const fits = run !== undefined && run.length < eventStoreLimits.appendEventsMax && bytes + size <= runBytesMax;
    if (fits && run[0]?.stream === event.stream) {
      run.push(event);
      bytes += size;
    } else {
      runs.push([event]);
      bytes = size;
    }
  }
  return runs;
};
