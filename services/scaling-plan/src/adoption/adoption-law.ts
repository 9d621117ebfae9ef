import { compareStages, notStarted, stageAfter, standingFacts, stateAfter } from '@cairn/contracts';
import type { AdoptionState, FactKind, StandingFact, Started, Timeline } from '@cairn/contracts';
import { accept, reject } from '@cairn/decider';
import type { Decision, Recorded } from '@cairn/decider';

import type { AdoptionEvent, SchoolAdoption } from './adoption.js';
import { evolveAdoption } from './adoption.js';
import type { AdoptionRejection, TimelineRejection, WindowScore } from './adoption-rejection.js';

/** What stands before a fact, in the order of the timeline. */
interface Before {
  readonly state: AdoptionState;
  /** Scores since the adoption was last started or restarted; what was measured before an abandonment proves nothing. */
  readonly scores: readonly WindowScore[];
  readonly fidelityCut: number;
}

type Rule = (fact: StandingFact, before: Before) => TimelineRejection | undefined;

const requireStarted = (fact: StandingFact, { state }: Before): TimelineRejection | undefined =>
  state.status === 'not-started' ? { type: 'AdoptionNotStarted', occurredAt: fact.occurredAt } : undefined;

const requireReason = (fact: StandingFact): TimelineRejection | undefined =>
  fact.reason ? undefined : { type: 'ReasonMissing', fact: fact.kind };

/** Stages move only while the adoption is active. */
const requireActive = (fact: StandingFact, before: Before): TimelineRejection | undefined => {
  const { state } = before;
  if (state.status === 'not-started') return requireStarted(fact, before);
  if (state.status === 'paused') return { type: 'AdoptionPaused', since: state.statusSince };
  if (state.status === 'abandoned') return { type: 'AdoptionAbandoned', since: state.statusSince };
  return undefined;
};

/** Windows of time in which fidelity was at or over the cut; the highest score counts in each. */
const windowsAtCut = ({ scores, fidelityCut }: Before): number =>
  new Set(scores.filter(({ score }) => score >= fidelityCut).map(({ window }) => window.trim().toLowerCase())).size;

/** How many windows of good fidelity make implementation full, as the design's domain notes take it from NIRN. */
export const fidelityWindowsForFull = 2;

const advance: Rule = (fact, before) => {
  const inactive = requireActive(fact, before);
  if (inactive) return inactive;
  const { stage: from } = before.state as Started;
  const next = stageAfter(from);
  if (fact.to === undefined || next === undefined || compareStages(fact.to, from) <= 0) {
    return { type: 'StageNotLater', from, to: fact.to ?? from };
  }
  if (fact.to !== next) return { type: 'StageSkipped', from, to: fact.to, next };
  if (fact.to === 'initial-implementation' && !fact.evidence) return { type: 'EvidenceMissing', to: fact.to };
  if (fact.to === 'full-implementation' && windowsAtCut(before) < fidelityWindowsForFull) {
    return { type: 'FidelityMissing', cut: before.fidelityCut, windows: before.scores };
  }
  return undefined;
};

const regress: Rule = (fact, before) => {
  const inactive = requireActive(fact, before);
  if (inactive) return inactive;
  const { stage: from } = before.state as Started;
  if (fact.to === undefined || compareStages(fact.to, from) >= 0) return { type: 'StageNotEarlier', from, to: fact.to ?? from };
  return requireReason(fact);
};

const override: Rule = (fact, before) => {
  const inactive = requireActive(fact, before);
  if (inactive) return inactive;
  const { stage } = before.state as Started;
  if (fact.to === undefined || fact.to === stage) return { type: 'StageUnchanged', stage };
  return requireReason(fact);
};

const start: Rule = (_fact, { state }) =>
  state.status === 'not-started' ? undefined : { type: 'AdoptionAlreadyStarted', stage: state.stage };

const pause: Rule = (fact, before) => requireActive(fact, before) ?? requireReason(fact);

const resume: Rule = (fact, before) => {
  const { state } = before;
  if (state.status === 'not-started') return requireStarted(fact, before);
  return state.status === 'paused' ? undefined : { type: 'AdoptionNotPaused', status: state.status };
};

const abandon: Rule = (fact, before) => {
  const { state } = before;
  if (state.status === 'not-started') return requireStarted(fact, before);
  if (state.status === 'abandoned') return { type: 'AdoptionAbandoned', since: state.statusSince };
  return requireReason(fact);
};

const restart: Rule = (fact, before) => {
  const { state } = before;
  if (state.status === 'not-started') return requireStarted(fact, before);
  return state.status === 'abandoned' ? undefined : { type: 'AdoptionNotAbandoned', status: state.status };
};

/** The law of the adoption timeline, a rule for each kind of fact. */
export const timelineRules: Readonly<Record<FactKind, Rule>> = {
  started: start,
  advanced: advance,
  regressed: regress,
  overridden: override,
  paused: pause,
  resumed: resume,
  abandoned: abandon,
  restarted: restart,
  'fidelity-recorded': requireStarted,
};

export interface BrokenFact {
  readonly fact: StandingFact;
  readonly rejection: TimelineRejection;
}

/** The first fact of the timeline that may not stand where it stands, or undefined when all is lawful. */
export const firstBroken = (timeline: Timeline, fidelityCut: number): BrokenFact | undefined => {
  let before: Before = { state: notStarted, scores: [], fidelityCut };
  for (const fact of standingFacts(timeline)) {
    const rejection = timelineRules[fact.kind](fact, before);
    if (rejection) return { fact, rejection };
    before = { state: stateAfter(before.state, fact), scores: scoresAfter(before.scores, fact), fidelityCut };
  }
  return undefined;
};

const scoresAfter = (scores: readonly WindowScore[], fact: StandingFact): readonly WindowScore[] => {
  if (fact.kind === 'started' || fact.kind === 'restarted') return [];
  if (fact.kind !== 'fidelity-recorded' || fact.score === undefined || fact.window === undefined) return scores;
  return [...scores, { window: fact.window, score: fact.score }];
};

/** What every command about an adoption brings along: when it was true, when it is decided, and the bounds of both. */
export interface AdoptionCommand {
  readonly schoolId: string;
  readonly initiativeId: string;
  readonly occurredAt: string;
  readonly now: string;
  readonly school: { readonly openedAt: string; readonly closedAt?: string | undefined };
  readonly fidelityCut: number;
}

/**
 * Whether something can have been true then at all: not in the future, not before the school opened, not after it closed.
 * A school that was closed and reopened counts as open throughout; the stretch between is not looked at.
 */
export const outOfBounds = (occurredAt: string, { now, school }: AdoptionCommand): AdoptionRejection | undefined => {
  if (occurredAt > now) return { type: 'FactInFuture', occurredAt, now };
  if (occurredAt < school.openedAt) return { type: 'FactBeforeSchoolOpened', occurredAt, openedAt: school.openedAt };
  const { closedAt } = school;
  if (closedAt !== undefined && occurredAt >= closedAt) return { type: 'FactAfterSchoolClosed', occurredAt, closedAt };
  return undefined;
};

const undecided = '00000000-0000-0000-0000-000000000000';

/**
 * Accepts a fact if the whole timeline with it in place is lawful at every point. Otherwise the refusal names the rule
 * that the fact itself breaks, or the fact on record that could no longer stand.
 */
export const acceptIfLegal = <Event extends AdoptionEvent>(
  adoption: SchoolAdoption,
  event: Event,
  command: AdoptionCommand,
): Decision<Event, AdoptionRejection> => {
  const bounds = outOfBounds(event.occurredAt, command);
  if (bounds) return reject(bounds);
  const recorded: Recorded<AdoptionEvent> = {
    ...event,
    eventId: undecided,
    version: adoption.version + 1,
    recordedAt: command.now,
  };
  const broken = firstBroken(evolveAdoption(adoption, recorded).timeline, command.fidelityCut);
  if (!broken) return accept(event);
  const { fact, rejection } = broken;
  if (fact.eventId === undecided) return reject(rejection);
  return reject({
    type: 'LaterFactBroken',
    eventId: fact.eventId,
    fact: fact.kind,
    occurredAt: fact.occurredAt,
    rule: rejection.type,
  });
};
