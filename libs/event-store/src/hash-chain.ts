import { hash } from 'node:crypto';

import canonicalize from 'canonicalize';

import type { Instant, Json, NewEvent, RecordedEvent, StreamId } from './event.js';
import { plainJson, quoted } from './plain-json.js';

/** What an event's hash is taken over: all of it but the position, which belongs to the engine and not to the fact. */
export type HashedEvent = Omit<RecordedEvent, 'position' | 'hash'>;

/** The last link of a stream's chain. */
export interface ChainHead {
  readonly version: number;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly recordedAt: Instant;
}

/** The head of a stream that does not exist yet: 32 zero bytes stand before the first hash. */
export const chainStart: ChainHead = { version: 0, hash: '0'.repeat(64), recordedAt: '0001-01-01T00:00:00.000Z' };

/** Canonical JSON (RFC 8785) of a value. @throws Error for what JSON cannot say: NaN, infinities, lone surrogates. */
export const canonicalJson = (value: Json): string => {
  const text = plainJson(value) ?? canonicalize(value);
  if (text === undefined) throw new Error('The value has no JSON form');
  return text;
};

/**
 * Canonical JSON of an event, from the canonical text of its data. Takes the text and not the value, so that an
 * adapter that keeps the text hashes the very bytes it keeps.
 */
export const canonicalEvent = (event: Omit<HashedEvent, 'data'>, dataText: string): string =>
  // In the order of RFC 8785 (by UTF-16 code units), written out: every append and every check goes through here.
  `{"actor":${quoted(event.actor)}${optional('causationId', event.causationId)}` +
  `${optional('commandDigest', event.commandDigest)}${optional('commandKey', event.commandKey)}` +
  `,"correlationId":${quoted(event.correlationId)},"data":${dataText},"district":${quoted(event.district)}` +
  `,"id":${quoted(event.id)},"occurredAt":${quoted(event.occurredAt)}` +
  `${optional('onBehalfOf', event.onBehalfOf)},"recordedAt":${quoted(event.recordedAt)}` +
  `,"schemaVersion":${String(event.schemaVersion)},"stream":${quoted(event.stream)}` +
  `,"type":${quoted(event.type)},"version":${String(event.version)}}`;

const optional = (member: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${member}":${quoted(text)}`;

const hashBytes = 32;
/** A UTF-16 code unit takes at most this much in UTF-8. */
const unitBytesMax = 3;
/** What is hashed is put together here, at once: an object for each hash costs more than the hash of a usual event. */
const scratch = Buffer.alloc(65_536);

/** SHA-256 over the 32 bytes of the previous hash and the UTF-8 of the canonical text, in hex. */
export const chainHash = (previousHash: string, canonicalText: string): string => {
  const bytesMax = hashBytes + canonicalText.length * unitBytesMax;
  const bytes = bytesMax <= scratch.length ? scratch : Buffer.alloc(bytesMax);
  const start = bytes.write(previousHash, 0, hashBytes, 'hex');
  const end = start + bytes.write(canonicalText, start, 'utf8');
  return hash('sha256', bytes.subarray(0, end), 'hex');
};

/** The hash of an event that follows `previousHash` in its stream. */
export const hashEvent = (previousHash: string, event: HashedEvent): string =>
  chainHash(previousHash, canonicalEvent(event, canonicalJson(event.data)));

/** The content that makes two events with one id the same: all that the caller gave. */
export const contentOf = (event: Omit<NewEvent, 'data'>, dataText: string): string =>
  canonicalEvent({ ...event, stream: '', version: 0, recordedAt: '' }, dataText);

/** Where a record stops being what was written, and why. */
export interface ChainBreak {
  readonly kind:
    | 'hash'
    | 'version'
    | 'recorded-at'
    | 'foreign-stream'
    | 'unreadable'
    | 'stream-head'
    | 'store-head'
    | 'position';
  readonly stream?: StreamId;
  readonly version?: number;
  readonly position?: string;
  readonly detail: string;
}

/**
 * What is wrong between the head of a stream and the event that is stored next in it, if anything.
 * @param dataText the text of the data as it is stored, where the engine keeps a text: a changed space is a change.
 */
export const brokenLink = (head: ChainHead, event: RecordedEvent, dataText?: string): ChainBreak | undefined => {
  const at = { stream: event.stream, version: event.version, position: event.position };
  if (event.version !== head.version + 1) {
    const expected = head.version + 1;
    const detail = `version ${expected} is missing: ${event.version} came`;
    return { ...at, kind: 'version', version: expected, detail };
  }
  if (event.recordedAt < head.recordedAt) {
    return { ...at, kind: 'recorded-at', detail: `recorded at ${event.recordedAt}, before ${head.recordedAt}` };
  }
  const expected = hashOrReason(head.hash, event, dataText);
  if (expected === event.hash) return undefined;
  return { ...at, kind: 'hash', detail: `the stored hash is ${event.hash}, the content gives ${expected}` };
};

const hashOrReason = (previousHash: string, event: RecordedEvent, dataText?: string): string => {
  try {
    return chainHash(previousHash, canonicalEvent(event, dataText ?? canonicalJson(event.data)));
  } catch (error) {
    return `none: ${String(error)}`;
  }
};

/**
 * Walks the chain of one stream and names the first break; undefined when every hash is what its content gives.
 * @param events the stream forwards and whole, or what follows `head`.
 */
export const verifyStream = (events: readonly RecordedEvent[], head = chainStart): ChainBreak | undefined => {
  const stream = events[0]?.stream;
  for (const event of events) {
    if (event.stream !== stream) {
      const { stream: other, version, position } = event;
      return { kind: 'foreign-stream', stream: other, version, position, detail: `this event is not of ${stream}` };
    }
    const found = brokenLink(head, event);
    if (found) return found;
    head = event;
  }
  return undefined;
};
