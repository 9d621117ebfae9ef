import type { EventFilter, NewEvent, Position, RecordedEvent, StreamId } from './event.js';

/** The version a decision was made on: nothing yet, or exactly this one. There is no "any". */
export type ExpectedVersion = 'no-stream' | number;

export interface Appended {
  readonly stream: StreamId;
  /** Version of the stream after the append. */
  readonly version: number;
  /** Position of the last event of this append. */
  readonly position: Position;
  readonly events: readonly RecordedEvent[];
}

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** First version to read, inclusive; default: the first (forwards) or the last (backwards). */
  readonly from?: number;
  /** 1 to 4,096 events; default 4,096. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Exclusive; default: from the beginning. */
  readonly after?: Position | undefined;
  readonly filter?: EventFilter | undefined;
  /** 1 to 4,096 events; default 500. */
  readonly limit?: number;
}

export interface ReadAllPage {
  readonly events: readonly RecordedEvent[];
  /**
   * Everything up to here has been looked at, matching or not: where the next page starts. A page without events
   * says that nothing matched up to the end; a page with fewer events than the limit says nothing: one that has some
   * 16 MB of data is full, too.
   */
  readonly readUpTo: Position;
}

export interface SubscribeOptions {
  /** Exclusive. `'start'` reads from the first event, `'end'` only what comes after now. */
  readonly from: Position | 'start' | 'end';
  readonly filter?: EventFilter | undefined;
  /** Default 500. */
  readonly batchEventsMax?: number;
  /**
   * Awaited before the next batch is read, so that a slow handler holds back the reader instead of filling memory.
   * A handler that throws gets the same batch again after a back-off. An empty batch says that everything up to
   * `readUpTo` was looked at and nothing matched.
   */
  readonly handle: (events: readonly RecordedEvent[], readUpTo: Position) => Promise<void>;
  readonly onError?: (error: unknown) => void;
}

export interface Subscription {
  /** Resolves once the start is fixed: with `from: 'end'`, what is appended after this is delivered. */
  readonly started: Promise<void>;
  /** Looks for new events now instead of at the next poll. */
  wake(): void;
  /** Ends delivery; resolves once the handler that runs has returned, so a handler must not await it. */
  stop(): Promise<void>;
}

/**
 * The record of one scope (`directory`, `scaling-plan`, ...): append-only streams with one order over all of them.
 * Everything here can be honoured by every engine; `eventStoreContract` states it case by case.
 */
export abstract class EventStore {
  /** The scope whose streams this store holds; each stream id starts with `<scope>.`. */
  abstract readonly scope: string;

  /**
   * Appends all events or none, within one stream.
   * @throws WrongExpectedVersionError with the actual version, @throws EventIdConflictError when an id of this
   * stream is used again with other content, @throws InvalidAppendError for an empty append, a foreign stream
   * or a limit that is passed, @throws EventStoreUnavailableError when the engine does not answer in time.
   * The same ids again with the same content answer as the first time, and store nothing.
   */
  abstract append(stream: StreamId, expected: ExpectedVersion, events: readonly NewEvent[]): Promise<Appended>;

  /** Events of one stream; a stream that does not exist has none. */
  abstract readStream(stream: StreamId, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;

  /** A page of everything in the one order of the scope. */
  abstract readAll(options?: ReadAllOptions): Promise<ReadAllPage>;

  /** One event by its stream and id, or undefined. */
  abstract findEvent(stream: StreamId, eventId: string): Promise<RecordedEvent | undefined>;

  /** Position of the last event, or the position before the first in an empty store. */
  abstract head(): Promise<Position>;

  /**
   * Names this record: a UUID that is made with it and stays for as long as it does, over restarts, dumps and restores.
   * A record that was moved to another engine has another id, and other positions: whoever keeps a position keeps the
   * id beside it.
   */
  abstract storeId(): Promise<string>;

  /** Order of two positions of this scope: negative, zero or positive, as for `Array.sort`. */
  abstract compare(left: Position, right: Position): number;

  /** Catches up from a position, then goes on live. */
  abstract subscribe(options: SubscribeOptions): Subscription;

  /** Stops subscriptions, lets the appends that run end, gives connections back. */
  abstract close(): Promise<void>;
}
