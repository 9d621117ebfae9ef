import type { Stage } from './stage.js';

/** What a fact says happened to a school's adoption of an initiative. */
export type FactKind =
  | 'started'
  | 'advanced'
  | 'regressed'
  | 'overridden'
  | 'paused'
  | 'resumed'
  | 'abandoned'
  | 'restarted'
  | 'fidelity-recorded';

/** The members of a fact that a correction may change. */
export interface FactValues {
  readonly occurredAt: string;
  readonly to?: Stage | undefined;
  readonly reason?: string | undefined;
  readonly evidence?: string | undefined;
  readonly score?: number | undefined;
  readonly window?: string | undefined;
}

/** A fact as it was recorded. `version` is its place in the stream; it breaks ties of `occurredAt` and survives corrections. */
export interface RecordedFact extends FactValues {
  readonly entry: 'fact';
  readonly eventId: string;
  readonly version: number;
  readonly kind: FactKind;
}

/** A later record that changes the values of a fact, or withdraws a fact or another correction. */
export interface RecordedCorrection {
  readonly entry: 'correction' | 'withdrawal';
  readonly eventId: string;
  readonly version: number;
  readonly correctsEventId: string;
  readonly corrected: Partial<FactValues>;
}

export type TimelineEntry = RecordedFact | RecordedCorrection;

/** A fact with the corrections that stand over it, oldest first. */
export interface FactChain {
  readonly fact: RecordedFact;
  readonly over: readonly RecordedCorrection[];
}

/** All facts of one adoption, by recording. Empty before the first. */
export type Timeline = readonly FactChain[];

export const emptyTimeline: Timeline = [];

/** The event that a correction of this chain has to name: the newest that stands in it. */
export const newestOf = (chain: FactChain): string => chain.over.at(-1)?.eventId ?? chain.fact.eventId;

/** The chain whose newest event this is, or undefined when the event is of another stream or no longer stands. */
export const chainOf = (timeline: Timeline, eventId: string): FactChain | undefined =>
  timeline.find((chain) => newestOf(chain) === eventId);

/** The timeline with one more record in it. A withdrawal of a correction lets what it corrected stand again. */
export const record = (timeline: Timeline, entry: TimelineEntry): Timeline => {
  if (entry.entry === 'fact') return [...timeline, { fact: entry, over: [] }];
  return timeline.map((chain) => {
    if (newestOf(chain) !== entry.correctsEventId) return chain;
    const undoes = entry.entry === 'withdrawal' && chain.over.length > 0;
    return { fact: chain.fact, over: undoes ? chain.over.slice(0, -1) : [...chain.over, entry] };
  });
};

/** A fact with the values that stand now. `eventId` is the newest event of its chain. */
export interface StandingFact extends FactValues {
  readonly eventId: string;
  readonly version: number;
  readonly kind: FactKind;
}

const given = (values: Partial<FactValues>): Partial<FactValues> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** The fact of a chain as it stands, or undefined when it was withdrawn. */
export const standingIn = (chain: FactChain): StandingFact | undefined => {
  if (chain.over.at(-1)?.entry === 'withdrawal') return undefined;
  const { entry: _entry, ...fact } = chain.fact;
  const corrected = chain.over.reduce<Partial<FactValues>>((values, over) => ({ ...values, ...given(over.corrected) }), {});
  return { ...fact, ...corrected, eventId: newestOf(chain) };
};

/** The facts that stand, in the order of the timeline law: by `occurredAt`, then by version. */
export const standingFacts = (timeline: Timeline): readonly StandingFact[] =>
  timeline
    .flatMap((chain) => standingIn(chain) ?? [])
    .sort((a, b) => (a.occurredAt === b.occurredAt ? a.version - b.version : a.occurredAt < b.occurredAt ? -1 : 1));

export type AdoptionStatus = 'not-started' | 'active' | 'paused' | 'abandoned';

export interface NotStarted {
  readonly status: 'not-started';
}

export interface Started {
  readonly status: 'active' | 'paused' | 'abandoned';
  readonly stage: Stage;
  /** When the stage was entered. */
  readonly stageSince: string;
  /** When the status was entered. */
  readonly statusSince: string;
  /** The event that set stage or status last. */
  readonly eventId: string;
}

/** Where an adoption stands. Stage and status are two things: a paused adoption keeps its stage. */
export type AdoptionState = NotStarted | Started;

export const notStarted: NotStarted = { status: 'not-started' };

/** The state after one more standing fact. It never refuses: whether the fact may stand is the decider's question. */
export const stateAfter = (state: AdoptionState, fact: StandingFact): AdoptionState => {
  const at = fact.occurredAt;
  switch (fact.kind) {
    case 'started':
    case 'restarted':
      return { status: 'active', stage: 'exploration', stageSince: at, statusSince: at, eventId: fact.eventId };
    case 'advanced':
    case 'regressed':
    case 'overridden':
      if (state.status === 'not-started' || fact.to === undefined) return state;
      return { ...state, stage: fact.to, stageSince: at, eventId: fact.eventId };
    case 'paused':
    case 'resumed':
    case 'abandoned': {
      if (state.status === 'not-started') return state;
      const status = fact.kind === 'resumed' ? 'active' : fact.kind;
      return { ...state, status, statusSince: at, eventId: fact.eventId };
    }
    case 'fidelity-recorded':
      return state;
  }
};

/** The state at an instant, facts of that instant included. */
export const stateAt = (timeline: Timeline, instant: string): AdoptionState =>
  standingFacts(timeline)
    .filter((fact) => fact.occurredAt <= instant)
    .reduce<AdoptionState>(stateAfter, notStarted);

/** A stretch of time through which the state was the same; `to` undefined: still. */
export interface StateInterval {
  readonly from: string;
  readonly to: string | undefined;
  readonly state: Started;
}

/** The stretches of a timeline, oldest first, without gaps from the first fact on. What stood before it is *not started*. */
export const stateIntervals = (timeline: Timeline): readonly StateInterval[] => {
  const intervals: StateInterval[] = [];
  let state: AdoptionState = notStarted;
  for (const fact of standingFacts(timeline)) {
    const next = stateAfter(state, fact);
    if (next === state || next.status === 'not-started') continue;
    const last = intervals.pop();
    if (last && last.from !== fact.occurredAt) intervals.push({ ...last, to: fact.occurredAt });
    intervals.push({ from: fact.occurredAt, to: undefined, state: next });
    state = next;
  }
  return intervals;
};
