import { describe, expect, test } from '@jest/globals';

import type { Decider, DomainEvent, Recorded } from '../decider.js';
import { fold } from '../decider.js';
import { withoutAmbient } from './ambient.js';

/** One row: the facts given, the command, and either the facts it causes or the refusal. */
export interface DecisionRow<Command, Event extends DomainEvent, Rejection> {
  readonly name: string;
  readonly given: readonly Event[];
  readonly when: Command;
  readonly then?: readonly Event[];
  readonly rejected?: Rejection;
}

/** The id that the table gives to the n-th given fact, counted from 1: what a correction in a row names. */
export const givenId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Puts facts on record as the table does: versions from 1, ids by `givenId`, recorded when they occurred. */
export const recordedAsGiven = <Event extends DomainEvent>(events: readonly Event[]): readonly Recorded<Event>[] =>
  events.map((event, index) => ({
    ...event,
    eventId: givenId(index + 1),
    version: index + 1,
    recordedAt: event.occurredAt,
  }));

/**
 * Runs a decision table: a test a row, with the ambient clock and chance made to throw. A row must state either
 * `then` or `rejected`; one that states neither fails, so that a forgotten expectation cannot pass.
 */
export const decisionTable = <Command, State, Event extends DomainEvent, Rejection>(
  decider: Decider<Command, State, Event, Rejection>,
  rows: readonly DecisionRow<Command, Event, Rejection>[],
): void => {
  describe('decides', () => {
    test.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
      if ((row.then === undefined) === (row.rejected === undefined)) {
        throw new Error('A row states either "then" or "rejected"');
      }
      const decision = withoutAmbient(() =>
        decider.decide(row.when, fold(decider.evolve, decider.initialState, recordedAsGiven(row.given))),
      );
      expect(decision).toEqual(
        row.then === undefined
          ? { outcome: 'rejected', rejection: row.rejected }
          : { outcome: 'accepted', events: row.then },
      );
    });
  });
};
