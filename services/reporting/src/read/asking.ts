import type { Sending, SqlSession } from '@cairn/event-bus';
import { dateOrInstantSchema, minPositionSchema, problems, slugInPathSchema, whenRead } from '@cairn/service-kit';
import type { ProblemException } from '@cairn/service-kit';
import { z } from 'zod';

import type { Point } from '../bitemporal/rows-at.js';
import type { Snapshot } from './snapshots.js';

export const districtPathSchema = z.object({ districtId: slugInPathSchema });
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

export interface KnownDistrict {
  readonly district: string;
  readonly timeZone: string;
}

const noDistrict = (district: string): ProblemException => problems.notFound(`There is no district "${district}" that you can see.`);

/** @throws a 404 problem */
export const requireDistrict = async (session: SqlSession, district: string): Promise<KnownDistrict> => {
  const [row] = await session.query<KnownDistrict>(
    'SELECT district, time_zone AS "timeZone" FROM district WHERE district = $1',
    [district],
    { name: 'district_of_reader' },
  );
  if (!row) throw noDistrict(district);
  return row;
};

/** The district, which has the initiative. @throws a 404 problem that names the one of them that is missing */
export const requireInitiative = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  sending: Pick<Sending, 'withNext'> = {},
): Promise<KnownDistrict> => {
  const [row] = await session.query<KnownDistrict & { readonly has: boolean }>(
    `SELECT d.district, d.time_zone AS "timeZone",
       EXISTS (SELECT 1 FROM initiative i WHERE i.district = d.district AND i.initiative_id = $2) AS has
     FROM district d WHERE d.district = $1`,
    [district, initiativeId],
    { name: 'initiative_of_reader', ...sending },
  );
  if (!row) throw noDistrict(district);
  if (!row.has) throw problems.notFound(`District "${district}" has no initiative "${initiativeId}".`);
  return { district: row.district, timeZone: row.timeZone };
};

const earlier = (left: string, right: string): string => (left < right ? left : right);

/** The instant that a reader means by a recorded date; nothing is known later than now. */
export const recordedAsAsked = (asked: string | undefined, { timeZone }: KnownDistrict, now: string): string =>
  asked === undefined ? now : earlier(whenRead(asked, timeZone), now);

interface AskedPoint {
  readonly effective?: string | undefined;
  readonly recorded?: string | undefined;
  readonly position?: string | undefined;
}

/** Whether a reader asks for what is newest, on which no calendar has a say. */
export const asksForNow = ({ effective, recorded, position }: AskedPoint): boolean =>
  effective === undefined && recorded === undefined && position === undefined;

/** What is newest. */
export const newestPoint = ({ position, now }: Snapshot): Point => ({ effective: now, recorded: now, position });

/** The point that a reader asks for; absent means now. */
export const pointAsked = (
  asked: AskedPoint,
  district: KnownDistrict,
  { position, now }: Snapshot,
): Point => ({
  effective: asked.effective === undefined ? now : whenRead(asked.effective, district.timeZone),
  recorded: recordedAsAsked(asked.recorded, district, now),
  position,
});
