import type { Stage } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';
import { minPositionSchema, dateOf, dateOrInstantSchema, dateSchema, endOfDay, problems, slugSchema } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { adoptionRectangles } from './adoption-rectangles.js';
import { ReadRoute } from './answers.js';
import { asking, districtPathSchema, recordedAsAsked, requireInitiative } from './asking.js';
import type { DistrictPath } from './asking.js';
import { schoolRectangles } from './school-rectangles.js';
import { Snapshots } from './snapshots.js';
import { noSchools, stageTotalsSchema } from './totals.js';

// Query: over the tables of `adoption.read.ts` and `schools.read.ts`

const itemSchema = z.object({ date: z.iso.date(), totals: stageTotalsSchema });
const answerSchema = z.object({ recorded: z.string(), position: z.string(), items: z.array(itemSchema) });
export type TrendItem = z.infer<typeof itemSchema>;
export type TrendAnswer = z.infer<typeof answerSchema>;

/** A day of the trend, and the instant that its end is in the district's zone. */
export interface TrendPoint {
  readonly date: string;
  readonly effective: string;
}

const known = { recorded: '$4::timestamptz', position: '$5::bigint' };

/**
 * The totals of each day, all as known at one time. One statement: each stretch through which a school was open or in
 * a stage counts for the points that it covers, which are a run of them because the points are in order.
 */
export const trendOf = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  points: readonly TrendPoint[],
  { recorded, position }: { readonly recorded: string; readonly position: number },
): Promise<TrendItem[]> => {
  const rows = await session.query<{ point: number; counted: 'open' | Stage; schools: number }>(
    `WITH open AS MATERIALIZED (
       SELECT s.school_id, tstzrange(s.effective_from, s.effective_to) AS held FROM ${schoolRectangles.knownAt(['$1'], known)} s
       WHERE s.is_open),
     standing AS MATERIALIZED (
       SELECT a.school_id, a.stage, tstzrange(a.effective_from, a.effective_to) AS held FROM ${adoptionRectangles.knownAt(['$1', '$2'], known)} a),
     stretch AS (
       SELECT 'open' AS counted, o.held FROM open o
       UNION ALL
       SELECT a.stage, a.held * o.held FROM open o JOIN standing a ON a.school_id = o.school_id AND a.held && o.held)
     SELECT point, counted, count(*)::int AS schools
     FROM stretch, LATERAL generate_series(
       width_bucket(lower(held) - interval '1 microsecond', $3::timestamptz[]) + 1,
       width_bucket(coalesce(upper(held), 'infinity') - interval '1 microsecond', $3::timestamptz[])) AS point
     GROUP BY point, counted`,
    [district, initiativeId, points.map(({ effective }) => effective), recorded, position],
  );
  const items = points.map(({ date }) => ({ date, totals: noSchools() }));
  for (const { point, counted, schools } of rows) {
    const totals = items[point - 1]?.totals;
    if (!totals) continue;
    totals['not-started'] += counted === 'open' ? schools : -schools;
    if (counted !== 'open') totals[counted] = schools;
  }
  return items;
};

export const trendPointsMax = 600;
const week_ms = 7 * 86_400_000;

/** The days of a trend: week by week back from the last, oldest first, none before the first. */
export const weeksUpTo = (from: string, to: string): readonly string[] => {
  const dates: string[] = [];
  for (let time = Date.parse(to); time >= Date.parse(from) && dates.length <= trendPointsMax; time -= week_ms) {
    dates.unshift(new Date(time).toISOString().slice(0, 10));
  }
  return dates;
};

const twoYearsBefore = (date: string): string => new Date(Date.parse(date) - 104 * week_ms).toISOString().slice(0, 10);

const questionSchema = z.strictObject({
  initiative: slugSchema,
  from: dateSchema.optional().describe('Default: two years before the last day'),
  to: dateSchema.optional().describe('The last day; default: today in the district'),
  recorded: dateOrInstantSchema.optional(),
  position: asking.position,
  ...minPositionSchema,
});

export class TrendAsKnown extends Query<TrendAnswer> {
  constructor(
    readonly districtId: string,
    readonly asked: z.infer<typeof questionSchema>,
  ) {
    super();
  }
}

@QueryHandler(TrendAsKnown)
export class TrendAsKnownHandler implements IQueryHandler<TrendAsKnown> {
  constructor(private readonly snapshots: Snapshots) {}

  execute({ districtId, asked }: TrendAsKnown): Promise<TrendAnswer> {
    const found = (session: SqlSession) => requireInitiative(session, districtId, asked.initiative);
    return this.snapshots.read(asked.position, found, async ({ session, position, now }, district) => {
      const to = asked.to ?? dateOf(now, district.timeZone);
      const dates = weeksUpTo(asked.from ?? twoYearsBefore(to), to);
      if (dates.length === 0) throw problems.badInput('The first day comes after the last.', [{ field: 'from', detail: `Give a day up to ${to}` }]);
      if (dates.length > trendPointsMax) {
        throw problems.badInput(`A trend has at most ${trendPointsMax} weeks.`, [{ field: 'from', detail: 'Give a later day' }]);
      }
      const recorded = recordedAsAsked(asked.recorded, district, now);
      const points = dates.map((date) => ({ date, effective: endOfDay(date, district.timeZone) }));
      const items = await trendOf(session, districtId, asked.initiative, points, { recorded, position });
      return { recorded, position: `reporting:${position}`, items };
    });
  }
}

// HTTP

@Controller('api/districts/:districtId/adoption/trend')
export class TrendController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ReadRoute('adoption', 'How many schools were in each stage, week by week', answerSchema)
  trend(
    @Param({ schema: districtPathSchema }) { districtId }: DistrictPath,
    @QueryParameters({ schema: questionSchema }) asked: z.infer<typeof questionSchema>,
  ): Promise<TrendAnswer> {
    return this.queries.execute(new TrendAsKnown(districtId, asked));
  }
}
