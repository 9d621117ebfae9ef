import { emptyTimeline, notStarted, record, standingFacts, stateAfter, stateAt } from '@cairn/contracts';
import type { AdoptionPublicEvent, AdoptionState, Timeline } from '@cairn/contracts';

import { timelineEntryOf } from '../adoption/timeline-entry.js';
import { causeOf } from './change.js';
import type { Cause, ChangeClass, Span, Standing } from './change.js';

export type Place = Pick<Standing, 'stage' | 'status'>;

/** One adoption's move from a place to another, for one reason. */
export interface AdoptionMove {
  readonly class: ChangeClass;
  readonly before: Place;
  readonly after: Place;
  readonly events: readonly Cause[];
}

const placeOf = (state: AdoptionState): Place => ({
  stage: state.status === 'not-started' ? null : state.stage,
  status: state.status,
});

const same = (left: Place, right: Place): boolean => left.stage === right.stage && left.status === right.status;

const fold = (events: readonly AdoptionPublicEvent[]): Timeline => events.map(timelineEntryOf).reduce(record, emptyTimeline);

const recordedBy = (events: readonly AdoptionPublicEvent[], instant: string): readonly AdoptionPublicEvent[] =>
  events.filter(({ recordedat }) => recordedat <= instant);

const classOf = (event: AdoptionPublicEvent): ChangeClass =>
  event.type === 'org.cairn.adoption.fact-corrected.v1' || event.type === 'org.cairn.adoption.fact-withdrawn.v1'
    ? 'correction'
    : 'late-fact';

/** Where the adoption stood at an instant, as known at another. */
export const placeAt = (events: readonly AdoptionPublicEvent[], effective: string, recorded: string): Place =>
  placeOf(stateAt(fold(recordedBy(events, recorded)), effective));

/**
 * What we learnt about the first date between the two recorded ones: event by event in the order of recording, the
 * place on `from` after each; moves of one class that follow each other are one. None when it ends where it began.
 */
export const knowledgeMoves = (events: readonly AdoptionPublicEvent[], span: Span): readonly AdoptionMove[] => {
  const known = recordedBy(events, span.recordedFrom);
  const moves: AdoptionMove[] = [];
  let timeline = fold(known);
  const first = placeOf(stateAt(timeline, span.from));
  let place = first;
  for (const event of recordedBy(events, span.recordedTo).slice(known.length)) {
    timeline = record(timeline, timelineEntryOf(event));
    const after = placeOf(stateAt(timeline, span.from));
    if (same(place, after)) continue;
    const last = moves.at(-1);
    const joins = last?.class === classOf(event);
    if (joins) moves.pop();
    moves.push({
      class: classOf(event),
      before: joins ? last.before : place,
      after,
      events: [...(joins ? last.events : []), causeOf(event)],
    });
    place = after;
  }
  return same(first, place) ? [] : moves.filter(({ before, after }) => !same(before, after));
};

/** What happened between the two dates, as known in the end: one move, with the facts that made it and their corrections. */
export const realMoves = (events: readonly AdoptionPublicEvent[], span: Span): readonly AdoptionMove[] => {
  const timeline = fold(recordedBy(events, span.recordedTo));
  const chains = new Map(timeline.map(({ fact, over }) => [fact.version, [fact.eventId, ...over.map(({ eventId }) => eventId)]]));
  const ids = new Set<string>();
  let state: AdoptionState = notStarted;
  let before: AdoptionState = notStarted;
  for (const fact of standingFacts(timeline)) {
    if (fact.occurredAt > span.to) break;
    const next = stateAfter(state, fact);
    if (fact.occurredAt <= span.from) before = next;
    else if (next !== state) for (const id of chains.get(fact.version) ?? []) ids.add(id);
    state = next;
  }
  const move = { class: 'real-change' as const, before: placeOf(before), after: placeOf(state) };
  if (same(move.before, move.after)) return [];
  return [{ ...move, events: events.filter(({ id }) => ids.has(id)).map(causeOf) }];
};
