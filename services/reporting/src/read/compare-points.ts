import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

import { adoptionEventOf } from '../adoption/timeline-entry.js';
import { schoolEventOf } from '../directory/school-timeline.js';
import { adoptionAsOf } from './adoption.read.js';
import type { AdoptionAnswer } from './adoption.read.js';
import type { Change, Span } from '../changes/change.js';
import { explainSchool } from '../changes/explain-school.js';
import type { SchoolRecord } from '../changes/explain-school.js';

export interface ChangeOfSchool extends Change {
  readonly schoolId: string;
  readonly name: string;
}

/** Two points and all that lies between them. */
export interface Comparison {
  readonly before: AdoptionAnswer;
  readonly after: AdoptionAnswer;
  readonly changes: readonly ChangeOfSchool[];
}

const standings = ({ schools }: AdoptionAnswer): ReadonlyMap<string, string> =>
  new Map(schools.map(({ schoolId, name, stage, status }) => [schoolId, JSON.stringify([name, stage, status])]));

/** The schools that stand differently at two points that follow each other. */
const moved = (answers: readonly AdoptionAnswer[]): readonly string[] => {
  const points = answers.map(standings);
  const ids = new Set(points.flatMap((point) => [...point.keys()]));
  return [...ids].filter((id) => new Set(points.map((point) => point.get(id))).size > 1);
};

/** Everything received up to the position about these schools and this initiative, each stream by version. */
const recordsOf = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  schoolIds: readonly string[],
  position: number,
): Promise<ReadonlyMap<string, SchoolRecord>> => {
  const rows = await session.query<{ school_id: string; event: AnyPublicEvent }>(
    `SELECT e.school_id, r.event FROM school_event e JOIN received_event r ON r.log_position = e.log_from
     WHERE e.school_id = ANY($1::uuid[]) AND e.district = $2 AND (e.initiative_id IS NULL OR e.initiative_id = $3) AND e.log_from <= $4
     ORDER BY r.stream, r.stream_version`,
    [schoolIds, district, initiativeId, position],
  );
  const events = new Map<string, AnyPublicEvent[]>(schoolIds.map((id) => [id, []]));
  for (const { school_id, event } of rows) events.get(school_id)?.push(event);
  return new Map(
    [...events].map(([id, ofSchool]) => [
      id,
      {
        directory: ofSchool.flatMap((event) => schoolEventOf(event) ?? []),
        adoption: ofSchool.flatMap((event) => adoptionEventOf(event) ?? []),
      },
    ]),
  );
};

const named = (schoolId: string, changes: readonly Change[]): readonly ChangeOfSchool[] => {
  const last = changes.at(-1);
  const name = last?.after?.name ?? last?.before?.name ?? schoolId;
  return changes.map((change) => ({ schoolId, name, ...change }));
};

const byName = (left: readonly ChangeOfSchool[], right: readonly ChangeOfSchool[]): number => {
  const [a, b] = [left[0], right[0]].map((change) => `${change?.name ?? ''}\n${change?.schoolId ?? ''}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
};

/**
 * Explains the difference between two points. The way leads over a third, the first date as known at the second
 * time; only schools that stand differently at one of the three are looked into.
 */
export const comparePoints = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  span: Span,
  position: number,
): Promise<Comparison> => {
  const { from, to, recordedFrom, recordedTo } = span;
  const answerAt = (effective: string, recorded: string) =>
    adoptionAsOf(session, district, initiativeId, { effective, recorded, position });
  const before = await answerAt(from, recordedFrom);
  const between = await answerAt(from, recordedTo);
  const after = await answerAt(to, recordedTo);
  const records = await recordsOf(session, district, initiativeId, moved([before, between, after]), position);
  const changes = [...records].map(([id, ofSchool]) => named(id, explainSchool(ofSchool, span))).filter(({ length }) => length > 0);
  return { before, after, changes: changes.sort(byName).flat() };
};
