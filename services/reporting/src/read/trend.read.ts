import type { SqlSession } from '@cairn/event-bus';
import { minPositionSchema, dateOf, dateOrInstantSchema, endOfDay, problems, slugSchema } from '@cairn/service-kit';
import { Controller, Get, Param, Query as QueryParameters } from '@nestjs/common';
import { Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { holdsAt } from '../bitemporal/rectangle-table.js';
import { ReadRoute } from './answers.js';
import { asking, districtPathSchema, recordedAsAsked, requireDistrict, requireInitiative } from './asking.js';
import type { DistrictPath } from './asking.js';
import { Snapshots } from './snapshots.js';
import type { StageTotals } from './totals.js';
import { stageTotals, stageTotalsSchema } from './totals.js';

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

const at = { effective: 'p.effective', recorded: '$4::timestamptz', position: '$5::bigint' };

/** The totals of each day, all as known at one time; one statement whatever the number of days. */
export const trendOf = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  points: readonly TrendPoint[],
  known: { readonly recorded: string; readonly position: number },
): Promise<TrendItem[]> => {
  const rows = await session.query<{ date: string; stage: keyof StageTotals; schools: number }>(
    `SELECT p.date, coalesce(a.stage, 'not-started') AS stage, count(*)::int AS schools
     FROM json_to_recordset($3::json) AS p (date text, effective timestamptz)
     JOIN school_rectangle s ON s.district = $1 AND s.is_open AND ${holdsAt('s', at)}
     LEFT JOIN adoption_rectangle a ON a.district = $1 AND a.initiative_id = $2 AND a.school_id = s.school_id AND ${holdsAt('a', at)}
     GROUP BY 1, 2`,
    [district, initiativeId, JSON.stringify(points), known.recorded, known.position],
  );
  const totals = new Map(points.map(({ date }) => [date, stageTotals([])]));
  for (const { date, stage, schools } of rows) {
    const ofDay = totals.get(date);
    if (ofDay) ofDay[stage] = schools;
  }
  return [...totals].map(([date, ofDay]) => ({ date, totals: ofDay }));
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
  from: z.iso.date().optional().describe('Default: two years before the last day'),
  to: z.iso.date().optional().describe('The last day; default: today in the district'),
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
    return this.snapshots.read(asked.position, async ({ session, position, now }) => {
      const district = await requireDistrict(session, districtId);
      await requireInitiative(session, districtId, asked.initiative);
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
