import { chainOf, compareStages, emptyTimeline, notStarted, record, stageAfter, standingFacts, stateAfter } from '@cairn/contracts';
import type { AdoptionState, FactKind, StandingFact, Timeline } from '@cairn/contracts';
import { startOfDay } from '@cairn/service-kit';

import type { AdoptionCommandName, AdoptionStep } from './sample-step.js';

/**
 * The adoption timeline told a second time, from the words of the domain and not from the service that decides: the
 * specs of the sample hold each step against it.
 */
const kinds: Readonly<Record<Exclude<AdoptionCommandName, 'correct'>, FactKind>> = {
  start: 'started',
  'advance-stage': 'advanced',
  'regress-stage': 'regressed',
  'override-stage': 'overridden',
  pause: 'paused',
  resume: 'resumed',
  abandon: 'abandoned',
  restart: 'restarted',
  'record-fidelity': 'fidelity-recorded',
};

const owesReason: readonly FactKind[] = ['regressed', 'overridden', 'paused', 'abandoned'];
const moves: readonly FactKind[] = ['advanced', 'regressed', 'overridden'];

/** What is wrong with a fact where it stands, or undefined. */
const fault = (fact: StandingFact, state: AdoptionState, scores: readonly StandingFact[], cut: number): string | undefined => {
  const { kind, to } = fact;
  if (kind === 'started') return state.status === 'not-started' ? undefined : 'started twice';
  if (state.status === 'not-started') return 'not started';
  if (owesReason.includes(kind) && !fact.reason) return 'no reason';
  if (kind === 'fidelity-recorded') return fact.score === undefined || !fact.window ? 'no score' : undefined;
  if (kind === 'resumed') return state.status === 'paused' ? undefined : 'not paused';
  if (kind === 'restarted') return state.status === 'abandoned' ? undefined : 'not abandoned';
  if (kind === 'abandoned') return state.status === 'abandoned' ? 'abandoned twice' : undefined;
  if (state.status !== 'active') return `moved while ${state.status}`;
  if (!moves.includes(kind)) return undefined;
  if (to === undefined || to === state.stage) return 'moved nowhere';
  if (kind === 'regressed') return compareStages(to, state.stage) < 0 ? undefined : 'regressed upwards';
  if (kind === 'overridden') return undefined;
  if (to !== stageAfter(state.stage)) return 'stage skipped';
  if (to === 'initial-implementation' && !fact.evidence) return 'no evidence';
  const windows = new Set(scores.filter(({ score = 0 }) => score >= cut).map(({ window }) => window));
  return to === 'full-implementation' && windows.size < 2 ? 'no fidelity' : undefined;
};

/** The first fault of a timeline, with the event that it stands in. */
export const firstFault = (timeline: Timeline, cut: number): string | undefined => {
  let state: AdoptionState = notStarted;
  let scores: readonly StandingFact[] = [];
  for (const fact of standingFacts(timeline)) {
    const wrong = fault(fact, state, scores, cut);
    if (wrong) return `${fact.eventId}: ${wrong}`;
    state = stateAfter(state, fact);
    if (fact.kind === 'started' || fact.kind === 'restarted') scores = [];
    if (fact.kind === 'fidelity-recorded') scores = [...scores, fact];
  }
  return undefined;
};

/** The record of every adoption as the steps build it; a step's key stands for the id of its event. */
export class SampleRecord {
  private readonly timelines = new Map<string, Timeline>();
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly zone: string,
    private readonly cut: number,
  ) {}

  /** Puts a step on record. @returns what is wrong with it, or undefined */
  add(step: AdoptionStep): string | undefined {
    const stream = `${step.schoolId}.${step.initiativeId}`;
    const before = this.timelines.get(stream) ?? emptyTimeline;
    const version = (this.versions.get(stream) ?? 0) + 1;
    const { occurredAt: day, withdrawn, ...said } = step.body;
    const occurredAt = day && startOfDay(day, this.zone);
    if (occurredAt && occurredAt > step.recordedAt) return 'in the future';
    const named = { eventId: step.idempotencyKey, version };
    let after: Timeline;
    if (step.command === 'correct') {
      const correctsEventId = step.corrects ?? '';
      const { reason, ...values } = said;
      const corrected = occurredAt ? { ...values, occurredAt } : values;
      if (!chainOf(before, correctsEventId)) return 'corrects what does not stand';
      if (!reason) return 'a correction without reason';
      if (!withdrawn && Object.keys(corrected).length === 0) return 'corrects nothing';
      after = record(before, { entry: withdrawn ? 'withdrawal' : 'correction', correctsEventId, corrected: withdrawn ? {} : corrected, ...named });
    } else {
      if (!occurredAt) return 'no day';
      after = record(before, { entry: 'fact', kind: kinds[step.command], occurredAt, ...said, ...named });
    }
    this.timelines.set(stream, after);
    this.versions.set(stream, version);
    return firstFault(after, this.cut);
  }

  get all(): readonly Timeline[] {
    return [...this.timelines.values()];
  }
}
