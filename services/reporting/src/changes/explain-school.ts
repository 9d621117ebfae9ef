import type { AdoptionPublicEvent } from '@cairn/contracts';

import { schoolStretches } from '../directory/school-timeline.js';
import type { SchoolEvent } from '../directory/school-timeline.js';
import { knowledgeMoves, placeAt, realMoves } from './adoption-moves.js';
import type { AdoptionMove, Place } from './adoption-moves.js';
import { causeOf } from './change.js';
import type { Cause, Change, ChangeClass, Span } from './change.js';

/** Everything on record about one school and one initiative, each by version. */
export interface SchoolRecord {
  readonly directory: readonly SchoolEvent[];
  readonly adoption: readonly AdoptionPublicEvent[];
}

/** The name of the school while it is open, as it was on `effective` and known on `recorded`. */
const openNameAt = (events: readonly SchoolEvent[], effective: string, recorded: string): string | undefined => {
  const stretches = schoolStretches(events.filter(({ recordedat }) => recordedat <= recorded));
  const state = stretches.find(({ from, to }) => from <= effective && (to === undefined || effective < to))?.state;
  return state?.open === true ? state.name : undefined;
};

/** One half of the way between the points: first only the knowledge changes, then only the date. */
interface Step {
  readonly nameBefore: string | undefined;
  readonly nameAfter: string | undefined;
  readonly placeBefore: Place;
  readonly moves: readonly AdoptionMove[];
  readonly news: readonly SchoolEvent[];
}

const typesBehind: Readonly<Partial<Record<ChangeClass, readonly SchoolEvent['type'][]>>> = {
  rename: ['org.cairn.directory.school-renamed.v1'],
  opened: ['org.cairn.directory.school-opened.v1', 'org.cairn.directory.school-reopened.v1'],
  closed: ['org.cairn.directory.school-closed.v1'],
};

/** The news of the step that explain a change of the directory; all of them when none is of the usual type. */
const causesOf = (kind: ChangeClass, news: readonly SchoolEvent[]): readonly Cause[] => {
  const usual = news.filter(({ type }) => typesBehind[kind]?.includes(type));
  return (usual.length > 0 ? usual : news).map(causeOf);
};

const named = (name: string, moves: readonly AdoptionMove[]): readonly Change[] =>
  moves.map((move) => ({ ...move, before: { name, ...move.before }, after: { name, ...move.after } }));

/** The changes of a step, one after the other: what the directory learnt, then the adoption; a school that closes moves first. */
const changesOf = ({ nameBefore, nameAfter, placeBefore, moves, news }: Step): readonly Change[] => {
  const placeAfter = moves.at(-1)?.after ?? placeBefore;
  if (nameBefore === undefined) {
    if (nameAfter === undefined) return [];
    const opened = { class: 'opened' as const, before: null, after: { name: nameAfter, ...placeBefore }, events: causesOf('opened', news) };
    return [opened, ...named(nameAfter, moves)];
  }
  if (nameAfter === undefined) {
    const closed = { class: 'closed' as const, before: { name: nameBefore, ...placeAfter }, after: null, events: causesOf('closed', news) };
    return [...named(nameBefore, moves), closed];
  }
  if (nameBefore === nameAfter) return named(nameAfter, moves);
  const [before, after] = [{ name: nameBefore, ...placeBefore }, { name: nameAfter, ...placeBefore }];
  return [{ class: 'rename', before, after, events: causesOf('rename', news) }, ...named(nameAfter, moves)];
};

/**
 * Why one school does not stand at the second point where it stood at the first. The changes follow each other: each
 * begins where the one before it ended, so over all schools they add up to the difference of the totals.
 */
export const explainSchool = ({ directory, adoption }: SchoolRecord, span: Span): readonly Change[] => {
  const { from, to, recordedFrom, recordedTo } = span;
  const learnt: Step = {
    nameBefore: openNameAt(directory, from, recordedFrom),
    nameAfter: openNameAt(directory, from, recordedTo),
    placeBefore: placeAt(adoption, from, recordedFrom),
    moves: knowledgeMoves(adoption, span),
    news: directory.filter(({ time, recordedat }) => time <= from && recordedat > recordedFrom && recordedat <= recordedTo),
  };
  const happened: Step = {
    nameBefore: learnt.nameAfter,
    nameAfter: openNameAt(directory, to, recordedTo),
    placeBefore: placeAt(adoption, from, recordedTo),
    moves: realMoves(adoption, span),
    news: directory.filter(({ time, recordedat }) => time > from && time <= to && recordedat <= recordedTo),
  };
  return [...changesOf(learnt), ...changesOf(happened)];
};
