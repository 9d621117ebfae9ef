import { emptyTimeline, newestOf, notStarted, record, stageAfter, stages, standingFacts, standingIn, stateAfter } from '@cairn/contracts';
import type { AdoptionState, AnyPublicEvent, FactKind, Timeline } from '@cairn/contracts';
import fc from 'fast-check';

import { adoptionEventOf, timelineEntryOf } from '../adoption/timeline-entry.js';
import { initiative, Publisher } from './public-events.js';
import type { When } from './public-events.js';

/** The raw choices that one event is made of; whatever they are, the history that results is lawful. */
export interface Move {
  readonly school: number;
  readonly secondInitiative: boolean;
  readonly what: 'fact' | 'correct' | 'withdraw' | 'fidelity' | 'rename' | 'profile' | 'close-or-reopen';
  /** Days before the recording that the fact was true. */
  readonly late_days: number;
  /** Milliseconds after the event before that this one is recorded; often none. */
  readonly pause_ms: number;
  readonly pick: number;
  /** How many events of other streams are received before this one. */
  readonly delay: number;
}

const day_ms = 86_400_000;
export const historyStart = Date.parse('2024-09-01T05:00:00.000Z');
export const schoolsMax = 4;

const moveArb = (schools: number): fc.Arbitrary<Move> => fc.record({
  school: fc.integer({ min: 1, max: schools }),
  secondInitiative: fc.boolean(),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant('fact' as const) },
    { weight: 3, arbitrary: fc.constantFrom('correct' as const, 'withdraw' as const) },
    { weight: 2, arbitrary: fc.constantFrom('fidelity' as const, 'rename' as const, 'profile' as const, 'close-or-reopen' as const) },
  ),
  late_days: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 })),
  pause_ms: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 * day_ms })),
  pick: fc.nat({ max: 1_000 }),
  delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })),
});

const lawful = (state: AdoptionState, kind: FactKind, to: string | undefined): boolean => {
  if (kind === 'started') return state.status === 'not-started';
  if (state.status === 'not-started') return false;
  if (kind === 'restarted') return state.status === 'abandoned';
  if (kind === 'resumed') return state.status === 'paused';
  if (kind === 'fidelity-recorded') return true;
  if (kind === 'abandoned') return state.status !== 'abandoned';
  if (state.status !== 'active') return false;
  if (kind === 'advanced') return to === stageAfter(state.stage);
  return kind === 'paused' || to !== state.stage;
};

const isLawful = (timeline: Timeline): boolean => {
  let state: AdoptionState = notStarted;
  return standingFacts(timeline).every((fact) => {
    const legal = lawful(state, fact.kind, fact.to);
    state = stateAfter(state, fact);
    return legal;
  });
};

const factNames = ['started', 'stage-advanced', 'stage-regressed', 'stage-overridden', 'paused', 'resumed', 'abandoned', 'restarted'] as const;

interface Told {
  readonly event: AnyPublicEvent;
  readonly delay: number;
}

/** Grows a history move by move; a move that the law of the timeline refuses is left out. */
class Historian {
  readonly told: Told[] = [];
  private readonly publisher = new Publisher();
  private readonly timelines = new Map<string, Timeline>();
  private readonly opened = new Set<number>();
  private now = historyStart;

  tell(move: Move): void {
    const { school, what, pick } = move;
    this.now += move.pause_ms;
    const when = {
      occurredAt: new Date(this.now - move.late_days * day_ms).toISOString(),
      recordedAt: new Date(this.now).toISOString(),
      initiativeId: move.secondInitiative ? 'computer-science' : initiative,
    };
    if (!this.opened.has(school)) {
      this.opened.add(school);
      this.keep(this.publisher.opened(school, `School ${school}`, when), move);
    } else if (what === 'rename') {
      this.keep(this.publisher.school('school-renamed', school, when, { from: 'Old', to: `School ${pick % 9}` }), move);
    } else if (what === 'profile') {
      this.keep(this.publisher.school('school-profile-changed', school, when, { profile: { enrollment: pick } }), move);
    } else if (what === 'close-or-reopen') {
      const name = pick % 2 === 0 ? 'school-closed' : 'school-reopened';
      this.keep(this.publisher.school(name, school, when, { reason: 'Drawn' }), move);
    } else this.adopt(move, when);
  }

  /** Records the first of the candidates that the law allows. */
  private adopt(move: Move, when: When): void {
    const key = `${move.school} ${when.initiativeId}`;
    const timeline = this.timelines.get(key) ?? emptyTimeline;
    for (const [name, data] of candidates(move, when, timeline)) {
      const event = this.publisher.anyAdoption(name, move.school, when, { reason: 'Drawn', ...data });
      const adoption = adoptionEventOf(event);
      const next = adoption && record(timeline, timelineEntryOf(adoption));
      if (next && isLawful(next)) {
        this.timelines.set(key, next);
        this.keep(event, move);
        return;
      }
      this.publisher.takeBack(event);
    }
  }

  private keep(event: AnyPublicEvent, { delay }: Move): void {
    this.told.push({ event, delay });
  }
}

type Candidate = readonly [name: Parameters<Publisher['anyAdoption']>[0], data: object];

const candidates = ({ what, pick }: Move, { occurredAt }: When, timeline: Timeline): readonly Candidate[] => {
  const to = stages[pick % stages.length] ?? 'exploration';
  const chain = timeline[pick % Math.max(timeline.length, 1)];
  const first: Candidate[] = [];
  if (what === 'fidelity') first.push(['fidelity-recorded', { score: (pick % 11) / 10, window: `window ${pick % 3}` }]);
  if (chain && what === 'withdraw') first.push(['fact-withdrawn', { correctsEventId: newestOf(chain) }]);
  if (chain && standingIn(chain) && (what === 'correct' || what === 'withdraw')) {
    const corrected = { occurredAt, ...(chain.fact.to === undefined ? {} : { to }) };
    first.push(['fact-corrected', { correctsEventId: newestOf(chain), corrected }]);
  }
  const facts = factNames.map((_, n): Candidate => {
    const name = factNames[(pick + n) % factNames.length] ?? 'started';
    return [name, name.startsWith('stage-') ? { from: to, to } : {}];
  });
  return [...first, ...facts];
};

/** Puts events back by their delays, each stream in its own order all the same: how several topics are received. */
const asReceived = (told: readonly Told[]): readonly AnyPublicEvent[] => {
  const latest = new Map<string, number>();
  const placed = told.map(({ event, delay }, index) => {
    const place = Math.max(index + delay, latest.get(event.stream) ?? 0);
    latest.set(event.stream, place);
    return { event, place, index };
  });
  return placed.sort((a, b) => a.place - b.place || a.index - b.index).map(({ event }) => event);
};

/** A random history that the rules allow, in the order in which it is received. */
export const lawfulHistoryArb = (movesMax: number): fc.Arbitrary<readonly AnyPublicEvent[]> =>
  fc.array(moveArb(schoolsMax), { minLength: 1, maxLength: movesMax, size: 'max' }).map((moves) => {
    const historian = new Historian();
    for (const move of moves) historian.tell(move);
    return asReceived(historian.told);
  });

/** One lawful history of about this many events over as many schools as a state has; the same for the same seed. */
export const largeHistory = (events: number, schools: number, seed: number): readonly AnyPublicEvent[] => {
  const historian = new Historian();
  for (const move of fc.sample(moveArb(schools), { numRuns: events, seed })) historian.tell(move);
  return asReceived(historian.told);
};
