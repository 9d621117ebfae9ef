import type { AdoptionStatus, Stage } from '@cairn/contracts';
import type { Sending, SqlSession } from '@cairn/event-bus';

import type { Point } from '../bitemporal/rows-at.js';
import { adoptionRectangles } from './adoption-rectangles.js';
import { schoolRectangles } from './school-rectangles.js';
import { daysBetween, instant, jsonNumber, jsonRows, jsonText, jsonWord } from './sql.js';

/** A school that was open, with the version of its adoption as known then; 0: nothing was recorded. */
export interface OpenSchool {
  readonly schoolId: string;
  readonly name: string;
  readonly version: number;
}

/** Where a school stood that had started. */
export interface Standing {
  readonly schoolId: string;
  readonly stage: Stage | null;
  readonly status: AdoptionStatus;
  readonly since: string | null;
  readonly daysInStage: number | null;
  readonly eventId: string | null;
}

export interface Standings {
  /** By name. */
  readonly open: readonly OpenSchool[];
  /** Of open schools and others, in no order. */
  readonly standings: readonly Standing[];
}

const at = { effective: '$3::timestamptz', recorded: '$4::timestamptz', position: '$5::bigint' };

const zone = '(SELECT d.time_zone FROM district d WHERE d.district = $1)';

const sql = `
  SELECT
    (SELECT ${jsonRows([jsonWord('school_id'), jsonText('name'), jsonNumber('version')])} FROM (
      SELECT s.school_id, s.name,
        coalesce((SELECT v.version FROM adoption_version v
          WHERE v.school_id = s.school_id AND v.initiative_id = $2 AND v.known_from <= ${at.recorded} AND v.log_from <= ${at.position}
          ORDER BY v.version DESC LIMIT 1), 0) AS version
      FROM ${schoolRectangles.at(['$1'], at)} s
      WHERE s.is_open
      ORDER BY s.name, s.school_id LIMIT $6) school) AS open,
    (SELECT ${jsonRows([
      jsonWord('school_id'),
      jsonWord('stage'),
      jsonWord('status'),
      jsonWord(instant('stage_since')),
      jsonNumber(daysBetween('stage_since', at.effective, zone)),
      jsonWord('event_id'),
    ])}
      FROM ${adoptionRectangles.at(['$1', '$2'], at)} adoption) AS standings`;

interface Row {
  readonly open: string;
  readonly standings: string;
}

type OpenCells = readonly [schoolId: string, name: string, version: number];
type StandingCells = readonly [
  schoolId: string,
  stage: Stage | null,
  status: AdoptionStatus,
  since: string | null,
  daysInStage: number | null,
  eventId: string | null,
];

const standingsIn = ({ open, standings }: Row): Standings => ({
  open: (JSON.parse(open) as readonly OpenCells[]).map(([schoolId, name, version]) => ({ schoolId, name, version })),
  standings: (JSON.parse(standings) as readonly StandingCells[]).map(([schoolId, stage, status, since, daysInStage, eventId]) => ({
    schoolId,
    stage,
    status,
    since,
    daysInStage,
    eventId,
  })),
});

/**
 * At most `schoolsMax` schools that were open, and where the schools stood that had started: two lists, because the planner may
 * take a district for a handful of rows, and would look through all its adoptions for each school if it were to join them.
 */
export const standingAt = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  { effective, recorded, position, schoolsMax }: Point & { readonly schoolsMax: number },
  sending: Pick<Sending, 'last'>,
): Promise<Standings> => {
  const values = [district, initiativeId, effective, recorded, position, schoolsMax];
  const [row] = await session.query<Row>(sql, values, { name: 'standing_at', ...sending });
  return row === undefined ? { open: [], standings: [] } : standingsIn(row);
};
