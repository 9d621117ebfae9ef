import type { ExternalId, SchoolProfile } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

import { holdsAt } from '../bitemporal/rectangle-table.js';
import type { Point } from '../bitemporal/rectangle-table.js';

export interface SchoolItem {
  readonly schoolId: string;
  readonly name: string;
  readonly externalIds: readonly ExternalId[];
  readonly latitude?: number;
  readonly longitude?: number;
  readonly enrollment?: number;
}

export interface SchoolsAsked {
  readonly district: string;
  /** Part of the name or of an external id, in any case. */
  readonly q?: string | undefined;
  /** The school of the page before, exclusive. */
  readonly after?: { readonly name: string; readonly schoolId: string } | undefined;
  readonly limit: number;
}

const at = { effective: '$2::timestamptz', recorded: '$3::timestamptz', position: '$4::bigint' };

type Row = Omit<SchoolItem, 'latitude' | 'longitude' | 'enrollment'> & { readonly profile: SchoolProfile };

const itemOf = ({ schoolId, name, externalIds, profile: { latitude, longitude, enrollment } }: Row): SchoolItem => ({
  schoolId,
  name,
  externalIds,
  ...(latitude === undefined ? {} : { latitude }),
  ...(longitude === undefined ? {} : { longitude }),
  ...(enrollment === undefined ? {} : { enrollment }),
});

/** Characters that LIKE reads as patterns, taken as themselves. */
const literally = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);

/** The schools that were open then, by name; `more` says whether others follow. */
export const schoolsAsOf = async (
  session: SqlSession,
  { district, q, after, limit }: SchoolsAsked,
  { effective, recorded, position }: Point,
): Promise<{ readonly items: readonly SchoolItem[]; readonly more: boolean }> => {
  const rows = await session.query<Row>(
    `SELECT s.school_id AS "schoolId", s.name, s.external_ids AS "externalIds", s.profile
     FROM school_rectangle s
     WHERE s.district = $1 AND s.is_open AND ${holdsAt('s', at)}
       AND ($5::text IS NULL OR s.name ILIKE $5
         OR EXISTS (SELECT 1 FROM json_array_elements(s.external_ids) AS id WHERE id ->> 'value' ILIKE $5))
       AND ($6::text IS NULL OR (s.name, s.school_id) > ($6, $7::uuid))
     ORDER BY s.name, s.school_id LIMIT $8 + 1`,
    [
      district, effective, recorded, position,
      q === undefined ? null : `%${literally(q)}%`, after?.name ?? null, after?.schoolId ?? null, limit,
    ],
  );
  return { items: rows.slice(0, limit).map(itemOf), more: rows.length > limit };
};
