/** `<scope>.<type>-<id>`, up to 400 characters of any script, without control characters. */
export type StreamId = string;

/** An opaque, serialisable token of one scope; compare with `EventStore.compare`, never by itself. */
export type Position = string;

/** An instant as RFC 3339 in UTC with milliseconds. */
export type Instant = string;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** A fact on its way into the store. */
export interface NewEvent {
  /** UUID; the same id with the same content is stored once. */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly district: string;
  /** When it was true. */
  readonly occurredAt: Instant;
  /** Who recorded it. */
  readonly actor: string;
  /** For whom the actor acted, when it was not for themselves. */
  readonly onBehalfOf?: string;
  /** One for all that follows from one request. */
  readonly correlationId: string;
  /** The id of the event or command that caused this one. */
  readonly causationId?: string;
  /** The idempotency key of the command, and a digest of the command's body: the proof that it was done. */
  readonly commandKey?: string;
  readonly commandDigest?: string;
  readonly data: Json;
}

/** A fact on record. */
export interface RecordedEvent extends NewEvent {
  readonly stream: StreamId;
  /** From 1, without gaps. */
  readonly version: number;
  readonly position: Position;
  /** When we learnt it; set by the store, never below that of the event before it in the stream. */
  readonly recordedAt: Instant;
  /** SHA-256 in hex over the previous hash of the stream and this envelope; see `hash-chain.ts`. */
  readonly hash: string;
}

/** Both conditions must hold when both are given. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly streamPrefix?: string;
}

/** Limits that every adapter holds, so that a store can move to another engine. */
export const eventStoreLimits = {
  /** Canonical JSON of one event's envelope and data, in UTF-8. */
  eventBytesMax: 1_000_000,
  appendEventsMax: 500,
  /** All events of one append together. */
  appendBytesMax: 16_000_000,
  streamIdCharactersMax: 400,
  /** Each text of the envelope: type, district, actor, keys, ... */
  envelopeTextCharactersMax: 400,
  /** How deep arrays and objects of `data` may nest. */
  dataDepthMax: 100,
  readEventsMax: 4_096,
  /** The data of a page of everything: no further event is taken once there is this much. */
  readBytesMax: 16_000_000,
} as const;
