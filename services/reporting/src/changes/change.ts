import type { AdoptionStatus, AnyPublicEvent, Stage } from '@cairn/contracts';

/**
 * Why a figure differs between two points. `late-fact`: it was true at the first point already, and learnt since.
 * `correction`: what was on record was corrected or withdrawn since. `real-change`: it happened between the points.
 */
export const changeClasses = ['real-change', 'late-fact', 'correction', 'rename', 'opened', 'closed'] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** Where an open school stands. */
export interface Standing {
  readonly name: string;
  /** Null: not started. */
  readonly stage: Stage | null;
  readonly status: AdoptionStatus;
}

/** An event behind a change. */
export interface Cause {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/** The move of one school from one standing to another, for one reason. Null: not open. */
export interface Change {
  readonly class: ChangeClass;
  readonly before: Standing | null;
  readonly after: Standing | null;
  readonly events: readonly Cause[];
}

/** Two points: as it was on `from`, as known on `recordedFrom`, and as it was on `to`, as known on `recordedTo`. */
export interface Span {
  readonly from: string;
  readonly to: string;
  readonly recordedFrom: string;
  readonly recordedTo: string;
}

export const causeOf = ({ id, type, time, recordedat }: AnyPublicEvent): Cause => ({
  eventId: id, type, occurredAt: time, recordedAt: recordedat,
});
