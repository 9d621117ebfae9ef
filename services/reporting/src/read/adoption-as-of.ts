import type { AdoptionStatus, Stage } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

import { holdsAt } from '../bitemporal/rectangle-table.js';
import type { Point } from '../bitemporal/rectangle-table.js';
import { daysBetween, instant } from './sql.js';
import type { StageTotals, StatusTotals } from './totals.js';
import { stageTotals, statusTotals } from './totals.js';

export interface AdoptionOfSchool {
  readonly schoolId: string;
  readonly name: string;
  /** Null: not started. */
  readonly stage: Stage | null;
  readonly status: AdoptionStatus;
  /** When the stage was entered. */
  readonly since: string | null;
  /** Calendar days in the stage, on the district's calendar. */
  readonly daysInStage: number | null;
  /** Version of the adoption as known then: what `If-Match` takes. 0: nothing was recorded. */
  readonly version: number;
  /** The event that set stage or status last. */
  readonly eventId: string | null;
}

export interface AdoptionAnswer {
  readonly effective: string;
  readonly recorded: string;
  /** With the same effective, recorded and position, the answer is the same again. */
  readonly position: string;
  readonly totals: StageTotals;
  readonly statuses: StatusTotals;
  readonly schools: readonly AdoptionOfSchool[];
}

/** A district with more open schools than one answer holds. */
export class TooManySchoolsError extends Error {
  override readonly name = 'TooManySchoolsError';
}

export const schoolsMax = 20_000;

const at = { effective: '$3::timestamptz', recorded: '$4::timestamptz', position: '$5::bigint' };

/** Where each school that was open then stood. @throws TooManySchoolsError */
export const adoptionAsOf = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  { effective, recorded, position }: Point,
): Promise<AdoptionAnswer> => {
  const schools = await session.query<AdoptionOfSchool>(
    `SELECT s.school_id AS "schoolId", s.name, a.stage, coalesce(a.status, 'not-started') AS status,
       ${instant('a.stage_since')} AS since, ${daysBetween('a.stage_since', at.effective, 'd.time_zone')} AS "daysInStage",
       coalesce((SELECT v.version FROM adoption_version v
         WHERE v.school_id = s.school_id AND v.initiative_id = $2 AND v.known_from <= ${at.recorded} AND v.log_from <= ${at.position}
         ORDER BY v.version DESC LIMIT 1), 0)::int AS version,
       a.event_id AS "eventId"
     FROM district d
     JOIN school_rectangle s ON s.district = d.district AND s.is_open AND ${holdsAt('s', at)}
     LEFT JOIN adoption_rectangle a ON a.district = s.district AND a.initiative_id = $2 AND a.school_id = s.school_id AND ${holdsAt('a', at)}
     WHERE d.district = $1
     ORDER BY s.name, s.school_id LIMIT ${schoolsMax + 1}`,
    [district, initiativeId, effective, recorded, position],
  );
  if (schools.length > schoolsMax) throw new TooManySchoolsError(`More than ${schoolsMax} schools are open`);
  return {
    effective,
    recorded,
    position: `reporting:${position}`,
    totals: stageTotals(schools),
    statuses: statusTotals(schools),
    schools,
  };
};
