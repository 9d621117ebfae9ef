import type { SqlSession } from '@cairn/event-bus';

import { holdsAt } from '../bitemporal/rectangle-table.js';
import type { StageTotals } from './totals.js';
import { stageTotals } from './totals.js';

/** A day of the trend, and the instant that its end is in the district's zone. */
export interface TrendPoint {
  readonly date: string;
  readonly effective: string;
}

export interface TrendItem {
  readonly date: string;
  readonly totals: StageTotals;
}

const at = { effective: 'p.effective', recorded: '$4::timestamptz', position: '$5::bigint' };

/** The totals of each day, all as known at one time; one statement whatever the number of days. */
export const trendOf = async (
  session: SqlSession,
  district: string,
  initiativeId: string,
  points: readonly TrendPoint[],
  known: { readonly recorded: string; readonly position: number },
): Promise<readonly TrendItem[]> => {
  const rows = await session.query<{ date: string; stage: keyof StageTotals; schools: number }>(
    `SELECT p.date, coalesce(a.stage, 'not-started') AS stage, count(*)::int AS schools
     FROM json_to_recordset($3::json) AS p (date text, effective timestamptz)
     JOIN school_rectangle s ON s.district = $1 AND s.is_open AND ${holdsAt('s', at)}
     LEFT JOIN adoption_rectangle a ON a.district = $1 AND a.initiative_id = $2 AND a.school_id = s.school_id AND ${holdsAt('a', at)}
     GROUP BY 1, 2`,
    [district, initiativeId, JSON.stringify(points), known.recorded, known.position],
  );
  const totals = new Map<string, Partial<Record<keyof StageTotals, number>>>();
  for (const { date, stage, schools } of rows) totals.set(date, { ...totals.get(date), [stage]: schools });
  return points.map(({ date }) => ({ date, totals: { ...stageTotals([]), ...totals.get(date) } }));
};
