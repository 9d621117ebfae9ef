import type { RecordedEvent } from './event.js';
import { copyOfEvent } from './event-copy.js';
import type { ChainHead } from './hash-chain.js';
import { canonicalEvent, chainHash } from './hash-chain.js';
import { laterOf } from './instant.js';
import type { CheckedAppend } from './validate-append.js';

/** An event as it will be stored: everything but the position, which the engine gives. */
export type ChainedEvent = Omit<RecordedEvent, 'position'>;

/**
 * Links an append to the head it expects: versions, `recordedAt` (the time of the call, never below that of the
 * event before it, also under a clock that goes back) and hashes.
 */
export const chainAppend = (append: CheckedAppend, head: ChainHead): readonly ChainedEvent[] => {
  const recordedAt = laterOf(append.calledAt, head.recordedAt);
  let previous = head.hash;
  return append.events.map(({ event, dataText }, index) => {
    const place = { stream: append.stream, version: head.version + index + 1, recordedAt, hash: '' };
    const chained = Object.assign(copyOfEvent(event, event.data), place);
    previous = chainHash(previous, canonicalEvent(chained, dataText));
    chained.hash = previous;
    return chained;
  });
};
