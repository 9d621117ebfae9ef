import type { SqlSession } from '@cairn/event-bus';
import { dateOrInstantSchema, minPositionSchema, problems, slugSchema, whenRead } from '@cairn/service-kit';
import { z } from 'zod';

import type { Point } from '../bitemporal/rectangle-table.js';
import { inCursor } from './answers.js';
import type { Snapshot } from './snapshots.js';

export const districtPathSchema = z.object({ districtId: slugSchema });
export type DistrictPath = z.infer<typeof districtPathSchema>;

/** What every read of a district at a point takes. */
export const asking = {
  /** As it was on; a date means the end of that day in the district. Default: now. */
  effective: dateOrInstantSchema.optional(),
  /** As we knew it on; default and latest: now. */
  recorded: dateOrInstantSchema.optional(),
  /** The position that an earlier answer named, to have it again. */
  position: z.string().max(100).optional(),
  ...minPositionSchema,
};

/** Words of a caller, trimmed; PostgreSQL keeps no NUL in a text. */
export const text = (charactersMax: number) =>
  z.string().trim().min(1).max(charactersMax).refine((words) => !words.includes('\0'), 'Give text without NUL characters');

/** Where the page begins that a caller asks for. @throws a 400 problem for a cursor that is none of ours */
export const placeIn = <Place>(after: string | undefined, schema: z.ZodType<Place>): Place | undefined => {
  if (after === undefined) return undefined;
  const place = inCursor(after, schema);
  if (place !== undefined) return place;
  throw problems.badInput('after takes what the page before gave as "next".', [{ field: 'after', detail: 'Send "next" as it came' }]);
};

export interface KnownDistrict {
  readonly district: string;
  readonly timeZone: string;
}

/** @throws a 404 problem */
export const requireDistrict = async (session: SqlSession, district: string): Promise<KnownDistrict> => {
  const [row] = await session.query<KnownDistrict>(
    'SELECT district, time_zone AS "timeZone" FROM district WHERE district = $1',
    [district],
  );
  if (!row) throw problems.notFound(`There is no district "${district}" that you can see.`);
  return row;
};

/** @throws a 404 problem */
export const requireInitiative = async (session: SqlSession, district: string, initiativeId: string): Promise<void> => {
  const rows = await session.query('SELECT 1 FROM initiative WHERE district = $1 AND initiative_id = $2', [district, initiativeId]);
  if (rows.length === 0) throw problems.notFound(`District "${district}" has no initiative "${initiativeId}".`);
};

const earlier = (left: string, right: string): string => (left < right ? left : right);

/** The instant that a reader means by a recorded date; nothing is known later than now. */
export const recordedAsAsked = (asked: string | undefined, { timeZone }: KnownDistrict, now: string): string =>
  asked === undefined ? now : earlier(whenRead(asked, timeZone), now);

/** The point that a reader asks for; absent means now. */
export const pointAsked = (
  asked: { readonly effective?: string | undefined; readonly recorded?: string | undefined },
  district: KnownDistrict,
  { position, now }: Snapshot,
): Point => ({
  effective: asked.effective === undefined ? now : whenRead(asked.effective, district.timeZone),
  recorded: recordedAsAsked(asked.recorded, district, now),
  position,
});
