import type { Position, StreamId } from './event.js';

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
  constructor(
    message: string,
    /** Whether it is only too large: the same facts in smaller pieces may be taken. */
    readonly tooLarge = false,
  ) {
    super(message);
  }
}

/** The read asks for what cannot be: a position that is none of this store, a limit or a version out of range. */
export class InvalidReadError extends Error {
  override readonly name = 'InvalidReadError';
}

/** The engine is away or too slow; whether the append was stored is not known. Retry with the same ids. */
export class EventStoreUnavailableError extends Error {
  override readonly name = 'EventStoreUnavailableError';
}

/** The engine answers, but not to this user. No waiting mends it; the rights of the user, or its password, do. */
export class EventStoreAccessDeniedError extends Error {
  override readonly name = 'EventStoreAccessDeniedError';
}

/** What is stored at this place is not an event any more: somebody changed it past the guard, or the disk did. */
export class DamagedEventError extends Error {
  override readonly name = 'DamagedEventError';
  constructor(
    readonly stream: StreamId,
    readonly version: number,
    readonly position: Position,
    /** The hash as it is stored beside the damage, for whoever goes on behind it. */
    readonly hash: string,
    readonly damage: string,
  ) {
    super(`Event ${version} of stream ${stream} at position ${position} is damaged: ${damage}`);
  }
}
