import type { Recorded } from '@cairn/decider';
import type { SqlSession } from '@cairn/event-bus';

import type { School, SchoolEvent } from '../school/school.js';
import { evolveSchool } from '../school/school.js';

// Projection

/** Every school that a district has ever had, closed ones included, folded from its stream: what a roster is compared with. */
export const schoolDdl = `CREATE TABLE school (
  district_id text, school_id text, school json NOT NULL, PRIMARY KEY (district_id, school_id))`;

interface SchoolRow {
  readonly school_id: string;
  readonly school: School;
}

/** The columns of JSON leave out what is undefined; a school that is open has no `closedAt` there. */
const schoolIn = ({ school }: SchoolRow): School => ({ ...school, closedAt: school.closedAt });

/** Folds a batch of facts of one district into its schools: one read and one write, however many they are. */
export const projectSchools = async (
  districtId: string,
  facts: readonly Recorded<SchoolEvent>[],
  session: SqlSession,
): Promise<void> => {
  const ids = [...new Set(facts.map(({ data }) => data.schoolId))];
  const rows = await session.query<SchoolRow>(
    'SELECT school_id, school FROM school WHERE district_id = $1 AND school_id = ANY($2)',
    [districtId, ids],
  );
  const schools = new Map(rows.map((row) => [row.school_id, schoolIn(row)]));
  for (const fact of facts) {
    const known = schools.get(fact.data.schoolId);
    if (known && known.version >= fact.version) continue;
    const school = evolveSchool(known, fact);
    if (school) schools.set(school.schoolId, school);
  }
  const changed = [...schools.values()];
  await session.query(
    `INSERT INTO school SELECT $1, * FROM unnest($2::text[], $3::json[])
     ON CONFLICT (district_id, school_id) DO UPDATE SET school = excluded.school`,
    [districtId, changed.map(({ schoolId }) => schoolId), changed.map((school) => JSON.stringify(school))],
  );
};

// Query

/** Every school of the district, in a fixed order. */
export const knownSchools = async (session: SqlSession, districtId: string): Promise<readonly School[]> => {
  const rows = await session.query<SchoolRow>(
    'SELECT school_id, school FROM school WHERE district_id = $1 ORDER BY school_id',
    [districtId],
  );
  return rows.map(schoolIn);
};
