import type { Json, RecordedEvent } from './event.js';
import { copyOfEnvelope } from './event-copy.js';
import type { ChainHead } from './hash-chain.js';
import { canonicalEvent, chainHash } from './hash-chain.js';
import { laterOf } from './instant.js';
import type { CheckedAppend } from './validate-append.js';

/** An event as it will be stored: everything but the position, which the engine gives. */
export type ChainedEvent = Omit<RecordedEvent, 'position'>;

/** The same without its data, of which there is the text. */
export type ChainedEnvelope = Omit<ChainedEvent, 'data'>;

/**
 * Links an append to the head it expects: versions, `recordedAt` (the time of the call, never below that of the
 * event before it, also under a clock that goes back) and hashes.
 */
export const chainEnvelopes = (append: CheckedAppend, head: ChainHead): readonly ChainedEnvelope[] => {
  const recordedAt = laterOf(append.calledAt, head.recordedAt);
  let previous = head.hash;
  return append.events.map(({ event, dataText }, index) => {
    const place = { stream: append.stream, version: head.version + index + 1, recordedAt, hash: '' };
    const chained = Object.assign(copyOfEnvelope(event), place);
    previous = chainHash(previous, canonicalEvent(chained, dataText));
    chained.hash = previous;
    return chained;
  });
};

/** The same with the data as they will be read, for whoever is answered with the events. */
export const chainAppend = (append: CheckedAppend, head: ChainHead): readonly ChainedEvent[] =>
  chainEnvelopes(append, head).map((envelope, index) =>
    Object.assign(envelope, { data: JSON.parse(append.events[index]?.dataText ?? '') as Json }),
  );
