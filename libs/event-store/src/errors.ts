import type { StreamId } from './event.js';

/** Another writer was faster, or the caller's picture of the stream was wrong. `actual` 0 means: no stream. */
export class WrongExpectedVersionError extends Error {
  override readonly name = 'WrongExpectedVersionError';
  constructor(
    readonly stream: StreamId,
    readonly expected: 'no-stream' | number,
    readonly actual: number,
  ) {
    super(`Stream ${stream} is at version ${actual}, expected ${expected}`);
  }
}

/** An event id stands in the stream already, with other content. */
export class EventIdConflictError extends Error {
  override readonly name = 'EventIdConflictError';
  constructor(
    readonly stream: StreamId,
    readonly eventId: string,
  ) {
    super(`Event ${eventId} is in stream ${stream} already, with other content`);
  }
}

/** The append breaks a rule that no retry mends: empty, too large, too many, a foreign stream, a malformed member. */
export class InvalidAppendError extends Error {
  override readonly name = 'InvalidAppendError';
}

/** The engine did not answer in time or is away; whether the append was stored is not known. Retry with the same ids. */
export class EventStoreUnavailableError extends Error {
  override readonly name = 'EventStoreUnavailableError';
}
