import { setTimeout as delay } from 'node:timers/promises';

import { ErrorType } from '@eventstore/db-client';

import type { ChainedEvent } from '../chain-append.js';
import { chainAppend } from '../chain-append.js';
import {
  DamagedEventError,
  EventStoreUnavailableError,
  InvalidAppendError,
  WrongExpectedVersionError,
} from '../errors.js';
import type { RecordedEvent, StreamId } from '../event.js';
import type { Appended } from '../event-store.js';
import { answerOf, repeatedAppend } from '../repeated-append.js';
import type { CheckedAppend } from '../validate-append.js';
import { appendRequests } from './client/append-requests.js';
import type { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import { StreamGoneError } from './client/eventstoredb-calls.js';
import { isServersTimeout, normalised, typeOf, WrongRevisionError } from './client/eventstoredb-errors.js';
import type { KnownStream, KnownStreams } from './known-streams.js';
import { proposedEvent } from './recorded-envelope.js';
import type { StreamReader } from './stream-reader.js';
import { StreamTurns } from './stream-turns.js';

const pageEvents = 500;
/** The server refuses a revision before readers see what made it wrong: between two looks, doubled each time, up to there. */
const pauseMs = { first: 2, max: 50 };

export interface AppenderOptions {
  readonly calls: EventStoreDbCalls;
  readonly reader: StreamReader;
  readonly streams: KnownStreams;
  /** How long an append may wait for the ones before it in its stream. */
  readonly waitMsMax: number;
}

/**
 * Appends with the guarantees of the port, of which the server gives one: it compares the revision. That the ids are
 * new to the stream is known before; that these very events were stored is seen after, because the server takes known
 * ids at an old revision for a repetition and says that all is well, whatever is in the events.
 */
export class Appender {
  private readonly turns = new StreamTurns();

  constructor(private readonly options: AppenderOptions) {}

  async append(append: CheckedAppend): Promise<Appended> {
    const deadlineMs = performance.now() + this.options.waitMsMax;
    return await this.turns.take(append.stream, async () => {
      if (performance.now() > deadlineMs) {
        throw new EventStoreUnavailableError('The append waited too long for its turn; it was not stored');
      }
      return await this.appendInTurn(append, performance.now() + this.options.waitMsMax);
    });
  }

  /** Stores events as they are, with their times and hashes. @throws as `append`; nothing is repeated or compared. */
  async store(stream: StreamId, version: number, events: readonly ChainedEvent[], dataTexts: readonly string[]) {
    const proposed = events.map((event, index) => proposedEvent(event, dataTexts[index] ?? ''));
    const revision = version === 0 ? undefined : version - 1;
    try {
      await this.options.calls.append(appendRequests(this.options.reader.nameOf(stream), revision, proposed));
    } catch (error) {
      throw refusal(stream, error);
    }
    return await this.options.reader.forwards(stream, version + 1, events.length);
  }

  async idle(): Promise<void> {
    await this.turns.idle();
  }

  private async appendInTurn(append: CheckedAppend, untilMs: number): Promise<Appended> {
    const { streams } = this.options;
    const { stream } = append;
    let known = streams.get(stream);
    let newest = false;
    for (let pause = pauseMs.first; performance.now() < untilMs; pause = Math.min(pause * 2, pauseMs.max)) {
      if (!known) {
        known = await this.load(stream);
        newest = true;
      }
      const repeated = await this.repeated(append, known);
      if (repeated) return repeated;
      if (known.version === append.expectedVersion) {
        const appended = await this.tryAppend(append, known);
        if (appended) return appended;
      } else if (newest) {
        throw new WrongExpectedVersionError(stream, append.expected, known.version);
      }
      // Another process was faster, or what it wrote is not indexed yet.
      if (newest) await delay(pause);
      known = undefined;
    }
    throw new EventStoreUnavailableError(`Stream ${stream} did not hold still; the append was not stored`);
  }

  /** Undefined when the server has the stream in another state than it was known in. */
  private async tryAppend(append: CheckedAppend, known: KnownStream): Promise<Appended | undefined> {
    const { stream, expectedVersion } = append;
    const events = chainAppend(append, known.head);
    const dataTexts = append.events.map(({ dataText }) => dataText);
    let stored: readonly RecordedEvent[];
    try {
      stored = await this.store(stream, expectedVersion, events, dataTexts);
    } catch (error) {
      if (error instanceof WrongRevisionError || isServersTimeout(error)) return undefined;
      throw error;
    }
    if (!areTheSame(events, stored)) return undefined;
    this.options.streams.learn(stream, stored);
    return answerOf(stream, stored);
  }

  /** Reads on from what is known to the end. */
  private async load(stream: StreamId): Promise<KnownStream> {
    const { reader, streams } = this.options;
    for (;;) {
      const from = (streams.get(stream)?.version ?? 0) + 1;
      const page = await reader.forwards(stream, from, pageEvents);
      const known = streams.learn(stream, page) ?? streams.learn(stream, []);
      if (known && page.length < pageEvents) return known;
    }
  }

  private async repeated(append: CheckedAppend, known: KnownStream): Promise<Appended | undefined> {
    const versions = append.events.flatMap(({ event }) => known.versionOf(event.id) ?? []);
    const [first] = versions;
    if (first === undefined) return undefined;
    const ids = new Set(append.events.map(({ event }) => event.id));
    const range = await this.options.reader.forwards(append.stream, first, append.events.length);
    return repeatedAppend(append, range.filter(({ id }) => ids.has(id)));
  }
}

const areTheSame = (sent: readonly ChainedEvent[], stored: readonly RecordedEvent[]): boolean =>
  sent.length === stored.length &&
  sent.every(({ id, hash }, index) => stored[index]?.id === id && stored[index].hash === hash);

/** What a refused append means to the caller. */
const refusal = (stream: StreamId, error: unknown): unknown => {
  if (error instanceof StreamGoneError) {
    return new DamagedEventError(stream, 1, '0', '0'.repeat(64), 'the stream was tombstoned');
  }
  if (typeOf(error) === ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED) {
    return new InvalidAppendError('The append is larger than this EventStoreDB takes at once (MaxAppendSize)', true);
  }
  return error instanceof WrongRevisionError ? error : normalised(error);
};
