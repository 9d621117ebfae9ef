import { randomUUID } from 'node:crypto';

import { fold } from '@cairn/decider';
import type { Decider, DomainEvent } from '@cairn/decider';
import { Clock, EventIdConflictError, EventStore, eventStoreLimits, WrongExpectedVersionError } from '@cairn/event-store';
import type { Json, NewEvent, RecordedEvent } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';

import type { CommandMeta } from './command-meta.js';
import type { EventCatalogue } from './event-catalogue.js';
import { readEvent } from './event-catalogue.js';
import { uuidV5 } from './uuid-v5.js';

/** What an accepted command answers. */
export interface CommandAnswer {
  readonly stream: string;
  /** Version of the stream after the command. */
  readonly version: number;
  /** Token for `min-position`: `<scope>:<position>`. */
  readonly position: string;
  readonly events: readonly { readonly eventId: string; readonly type: string }[];
}

/** Refusals that any command can meet, whatever its stream. */
export type RunnerRejection =
  | { readonly type: 'VersionMismatch'; readonly expected: number; readonly actual: number }
  | { readonly type: 'IdempotencyKeyReused'; readonly commandKey: string }
  | { readonly type: 'TooManyWriters'; readonly stream: string };

export type CommandOutcome<Rejection> =
  | { readonly outcome: 'done'; readonly answer: CommandAnswer }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection | RunnerRejection };

export interface CommandRun<Command, State, Event extends DomainEvent, Rejection> {
  readonly stream: string;
  readonly district: string;
  readonly decider: Decider<Command, State, Event, Rejection>;
  readonly catalogue: EventCatalogue<Event>;
  readonly command: Command;
  readonly meta: CommandMeta;
  /** The stream, when its reading has begun already; a second attempt reads it anew. */
  readonly history?: Promise<readonly RecordedEvent[]>;
}

const attemptsMax = 3;

/**
 * Carries a command from the stream to the decision and back into the stream: read, fold, decide, append at the
 * version that was read, at most three attempts. An event that bears the command's key is the proof that the
 * command was done: the same content gets the old answer, other content is refused.
 */
@Injectable()
export class CommandRunner {
  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /** The instant that decisions of this request are made at. */
  now(): string {
    return this.clock.now();
  }

  async run<Command, State, Event extends DomainEvent, Rejection>(
    run: CommandRun<Command, State, Event, Rejection>,
  ): Promise<CommandOutcome<Rejection>> {
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const history = attempt === 1 && run.history !== undefined ? run.history : this.readWhole(run.stream);
      const outcome = await this.attempt(run, await history);
      if (outcome !== 'raced') return outcome;
    }
    return { outcome: 'rejected', rejection: { type: 'TooManyWriters', stream: run.stream } };
  }

  /**
   * Begins to read the stream of a command, while what the command rests on is still looked up. A failure is met by the
   * run that is given it, and passed over where there is none.
   */
  readAhead(stream: string): Promise<readonly RecordedEvent[]> {
    const history = this.readWhole(stream);
    history.catch(() => undefined);
    return history;
  }

  /** Every event of a stream, oldest first. */
  async readWhole(stream: string): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (;;) {
      const page = await this.store.readStream(stream, { from: events.length + 1 });
      events.push(...page);
      if (page.length < eventStoreLimits.readEventsMax) return events;
    }
  }

  private async attempt<Command, State, Event extends DomainEvent, Rejection>(
    run: CommandRun<Command, State, Event, Rejection>,
    history: readonly RecordedEvent[],
  ): Promise<CommandOutcome<Rejection> | 'raced'> {
    const { meta, stream, decider, catalogue } = run;
    const done = this.doneBefore(history, meta);
    if (done) return done;
    const version = history.length;
    if (meta.ifMatch !== undefined && meta.ifMatch !== version) {
      return { outcome: 'rejected', rejection: { type: 'VersionMismatch', expected: meta.ifMatch, actual: version } };
    }
    const facts = history.map((stored) => readEvent(catalogue, stored));
    const decision = decider.decide(run.command, fold(decider.evolve, decider.initialState, facts));
    if (decision.outcome === 'rejected') return decision;
    if (decision.events.length === 0) return { outcome: 'done', answer: this.answer(stream, version, history.slice(-1), []) };
    const events = decision.events.map((event, index) => this.toStore(run, event, version, index));
    try {
      const appended = await this.store.append(stream, version === 0 ? 'no-stream' : version, events);
      return { outcome: 'done', answer: this.answer(stream, appended.version, appended.events, appended.events) };
    } catch (error) {
      // A double of the command has the same ids and another correlation id: the next look at the stream finds its key.
      if (error instanceof WrongExpectedVersionError || error instanceof EventIdConflictError) return 'raced';
      throw error;
    }
  }

  private doneBefore(history: readonly RecordedEvent[], meta: CommandMeta): CommandOutcome<never> | undefined {
    if (meta.commandKey === undefined) return undefined;
    const events = history.filter((event) => event.commandKey === meta.commandKey);
    const last = events.at(-1);
    if (!last) return undefined;
    if (last.commandDigest !== meta.commandDigest) {
      return { outcome: 'rejected', rejection: { type: 'IdempotencyKeyReused', commandKey: meta.commandKey } };
    }
    return { outcome: 'done', answer: this.answer(last.stream, last.version, events, events) };
  }

  private toStore<Command, State, Event extends DomainEvent, Rejection>(
    run: CommandRun<Command, State, Event, Rejection>,
    event: Event,
    version: number,
    index: number,
  ): NewEvent {
    const entry = run.catalogue[event.type as Event['type']];
    const { meta, stream } = run;
    const id =
      meta.commandKey === undefined
        ? randomUUID()
        : uuidV5(`${stream}\n${version + index + 1}\n${meta.commandKey}\n${meta.commandDigest ?? ''}`);
    return {
      id,
      type: event.type,
      schemaVersion: entry.schemaVersion,
      district: run.district,
      occurredAt: event.occurredAt,
      actor: meta.actor,
      ...(meta.onBehalfOf === undefined ? {} : { onBehalfOf: meta.onBehalfOf }),
      correlationId: meta.correlationId,
      ...(meta.commandKey === undefined ? {} : { commandKey: meta.commandKey }),
      ...(meta.commandDigest === undefined ? {} : { commandDigest: meta.commandDigest }),
      data: entry.data.parse(event.data) as Json,
    };
  }

  private answer(
    stream: string,
    version: number,
    upTo: readonly RecordedEvent[],
    events: readonly RecordedEvent[],
  ): CommandAnswer {
    return {
      stream,
      version,
      position: `${this.store.scope}:${upTo.at(-1)?.position ?? '0'}`,
      events: events.map((event) => ({ eventId: event.id, type: event.type })),
    };
  }
}
