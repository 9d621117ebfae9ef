import { InvalidAppendError } from './errors.js';
import type { Envelope } from './event-copy.js';
import { copyOfEnvelope } from './event-copy.js';
import { appendBytes } from './event-size.js';
import type { Instant, NewEvent, StreamId } from './event.js';
import { eventStoreLimits as limits } from './event.js';
import type { ExpectedVersion } from './event-store.js';
import { canonicalJson } from './hash-chain.js';
import { isInstant } from './instant.js';
import { isUuid } from './uuid.js';
import { assertJson } from './validate-data.js';

/** An event of which every rule has been checked, with its data frozen as the text that will be hashed and kept. */
export interface CheckedEvent {
  readonly event: Envelope;
  readonly dataText: string;
}

export interface CheckedAppend {
  readonly stream: StreamId;
  readonly expected: ExpectedVersion;
  /** The version the stream must have; 0: it must not exist. */
  readonly expectedVersion: number;
  readonly events: readonly CheckedEvent[];
  /** The caller's time, taken when it called. */
  readonly calledAt: Instant;
  /** Canonical JSON of all events, UTF-8; no less than that, and not much more. */
  readonly bytes: number;
}

const unprintable = /[\p{Cc}\p{Cs}]/u;
/** What most texts are, found out for less. */
const printable = /^[ -~]+$/;
const requiredTexts = ['type', 'district', 'actor', 'correlationId'] as const;
const optionalTexts = ['onBehalfOf', 'causationId', 'commandKey', 'commandDigest'] as const;

const refuse = (reason: string): never => {
  throw new InvalidAppendError(reason);
};

const refuseSize = (reason: string): never => {
  throw new InvalidAppendError(reason, true);
};

/**
 * Checks an append against the limits and shapes that hold on every engine, and copies it, so that nothing the
 * caller does to its objects afterwards reaches the record. @throws InvalidAppendError with the rule that is broken.
 */
export const checkAppend = (
  scope: string,
  stream: StreamId,
  expected: ExpectedVersion,
  events: readonly NewEvent[],
  calledAt: Instant,
): CheckedAppend => {
  assertStream(scope, stream);
  const expectedVersion = expected === 'no-stream' ? 0 : assertVersion(expected);
  if (!isInstant(calledAt)) throw new Error(`The clock answered ${calledAt}, which is not an instant`);
  if (events.length === 0) refuse('An append needs at least one event');
  if (events.length > limits.appendEventsMax) {
    refuseSize(`${events.length} events in one append, at most ${limits.appendEventsMax}`);
  }
  const ids = new Set<string>();
  const checked = events.map((given) => {
    const event = checkEvent(given);
    if (ids.has(event.event.id)) refuse(`Event id ${event.event.id} stands twice in one append`);
    ids.add(event.event.id);
    return event;
  });
  const bytes = appendBytes({ stream, expectedVersion, calledAt, events: checked });
  return { stream, expected, expectedVersion, events: checked, calledAt, bytes };
};

/** `<scope>.<type>-<id>`, of this scope. */
const assertStream = (scope: string, stream: StreamId): void => {
  assertText('stream', stream, limits.streamIdCharactersMax);
  if (!stream.startsWith(`${scope}.`)) refuse(`Stream ${stream} is not of scope ${scope}`);
  if (!/^[^-]+-./u.test(stream.slice(scope.length + 1))) refuse(`Stream ${stream} is not <scope>.<type>-<id>`);
};

const assertVersion = (expected: number): number => {
  if (!Number.isSafeInteger(expected) || expected < 1) {
    refuse(`Expected version ${expected} is neither 'no-stream' nor an integer from 1`);
  }
  return expected;
};

const assertText = (member: string, text: unknown, charactersMax: number = limits.envelopeTextCharactersMax): void => {
  if (typeof text !== 'string' || text === '') return refuse(`${member} is not a text with at least one character`);
  if (text.length <= charactersMax && printable.test(text)) return;
  // Counted in code points and only when the cheap bound does not settle it already.
  if (text.length > charactersMax && [...text].length > charactersMax) {
    refuse(`${member} has more than ${charactersMax} characters`);
  }
  if (unprintable.test(text)) refuse(`${member} has a control character or half a surrogate pair`);
};

const checkEvent = (given: NewEvent): CheckedEvent => {
  if (!isUuid(given.id)) refuse(`Event id ${given.id} is not a lower-case UUID`);
  for (const member of requiredTexts) assertText(member, given[member]);
  for (const member of optionalTexts) if (given[member] !== undefined) assertText(member, given[member]);
  const { schemaVersion, occurredAt } = given;
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > 32_767) {
    refuse(`schemaVersion ${schemaVersion} is not an integer from 1 to 32,767`);
  }
  if (!isInstant(occurredAt)) refuse(`occurredAt ${occurredAt} is not an instant as YYYY-MM-DDTHH:mm:ss.sssZ`);
  assertJson(given.data);
  return { event: copyOfEnvelope(given), dataText: canonicalJson(given.data) };
};
