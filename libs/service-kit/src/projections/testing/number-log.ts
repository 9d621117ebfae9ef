import type { SqlSession } from '@cairn/event-bus';

import type { Projection, ProjectionSource } from '../projection.js';

/** A log in memory whose events are numbers; the position of an event is its place, counted from 1. */
export class NumberLog {
  readonly numbers: number[] = [];
  /** Another log has another id, and other positions. */
  id = 'the first log';

  /** Appends the next numbers, which are their own positions. */
  grow(by: number): void {
    for (let n = 0; n < by; n += 1) this.numbers.push(this.numbers.length + 1);
  }
}

export interface NumberEvent {
  readonly n: number;
  readonly at: number;
}

/** The log as one copy of a service reads it. */
export class LogReader implements ProjectionSource<NumberEvent> {
  reads = 0;
  constructor(private readonly log: NumberLog) {}

  id() {
    return Promise.resolve(this.log.id);
  }
  read(after: string | undefined, limit: number) {
    this.reads += 1;
    const from = Number(after ?? 0);
    const events = this.log.numbers.slice(from, from + limit).map((n, index) => ({ n, at: from + index + 1 }));
    return Promise.resolve({ events, readUpTo: events.length === 0 ? after : String(from + events.length) });
  }
  head() {
    return Promise.resolve(this.log.numbers.length === 0 ? undefined : String(this.log.numbers.length));
  }
  compare(left: string, right: string) {
    return Number(left) - Number(right);
  }
  positionOf({ at }: NumberEvent) {
    return String(at);
  }
}

/** How the numbers are projected; tests put bugs and gates in its way. */
export interface Behaviour {
  /** What is kept of a number; 0: nothing. */
  keep: (n: number) => number;
  /** Called in the middle of each batch. */
  inBatch: (session: SqlSession, events: readonly NumberEvent[]) => Promise<void>;
}

/**
 * Each number once, and how many there are: a second application of an event violates the key, and an answer whose
 * count is not that of its rows was read from two states.
 */
export const seenProjection = (behaviour: Behaviour): Projection<NumberEvent> => ({
  name: 'seen',
  tables: ['seen', 'seen_count'],
  ddl: `CREATE TABLE seen (n int PRIMARY KEY, kept int NOT NULL);
    CREATE TABLE seen_count (one int PRIMARY KEY CHECK (one = 1), many int NOT NULL, id bigserial);
    INSERT INTO seen_count (one, many) VALUES (1, 0)`,
  indexes: 'CREATE INDEX ON seen (kept); ALTER TABLE seen ADD CONSTRAINT seen_kept_is_positive CHECK (kept > 0)',
  project: async (events, session) => {
    const kept = events.map(({ n }) => [n, behaviour.keep(n)] as const).filter(([, value]) => value !== 0);
    await session.query('INSERT INTO seen SELECT * FROM unnest($1::int[], $2::int[])', [kept.map(([n]) => n), kept.map(([, k]) => k)]);
    await behaviour.inBatch(session, events);
    await session.query('UPDATE seen_count SET many = many + $1', [kept.length]);
  },
});
