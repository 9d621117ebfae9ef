import { InvalidAppendError } from './errors.js';
import type { Instant, StreamId } from './event.js';
import { eventStoreLimits as limits } from './event.js';
import { canonicalEvent } from './hash-chain.js';
import type { CheckedEvent } from './validate-append.js';

interface SizedAppend {
  readonly stream: StreamId;
  readonly expectedVersion: number;
  readonly calledAt: Instant;
  readonly events: readonly CheckedEvent[];
}

/** Names, quotes, commas, the id, the instants and the numbers of an envelope. */
const envelopeBytes = 500;
/** A UTF-16 code unit takes at most this much in JSON: escaped, as backslash, u and four digits. */
const unitBytesMax = 6;

/** What the canonical JSON of an event has at most: its data to the byte, its envelope by the worst that the texts can be. */
const bytesAtMost = ({ event, dataText }: CheckedEvent, stream: StreamId): number => {
  const { type, district, actor, correlationId, onBehalfOf = '', causationId = '', commandKey = '', commandDigest = '' } = event;
  const units =
    stream.length +
    type.length +
    district.length +
    actor.length +
    correlationId.length +
    onBehalfOf.length +
    causationId.length +
    commandKey.length +
    commandDigest.length;
  return envelopeBytes + units * unitBytesMax + Buffer.byteLength(dataText, 'utf8');
};

/**
 * The bytes of an append: a bound, where the bound is within the limits, since an event that is counted is an event
 * that is written out once more; else to the byte. @throws InvalidAppendError for an event or an append over its limit
 */
export const appendBytes = (append: SizedAppend): number => {
  let bytes = 0;
  let largest = 0;
  for (const event of append.events) {
    const most = bytesAtMost(event, append.stream);
    bytes += most;
    largest = Math.max(largest, most);
  }
  return largest <= limits.eventBytesMax && bytes <= limits.appendBytesMax ? bytes : exactBytes(append);
};

const exactBytes = ({ stream, expectedVersion, calledAt, events }: SizedAppend): number => {
  let sum = 0;
  for (const [index, { event, dataText }] of events.entries()) {
    const envelope = { ...event, stream, version: expectedVersion + index + 1, recordedAt: calledAt };
    const bytes = Buffer.byteLength(canonicalEvent(envelope, dataText), 'utf8');
    if (bytes > limits.eventBytesMax) {
      const told = `Event ${event.id} has ${bytes} bytes of canonical JSON, at most ${limits.eventBytesMax}`;
      throw new InvalidAppendError(told, true);
    }
    sum += bytes;
  }
  if (sum > limits.appendBytesMax) {
    throw new InvalidAppendError(`An append of ${sum} bytes, at most ${limits.appendBytesMax}`, true);
  }
  return sum;
};
