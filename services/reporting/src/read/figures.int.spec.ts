import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { comparePoints } from './compare-points.js';
import { historyStart, lawfulHistoryArb } from '../testing/lawful-history.js';
import { startWith } from '../testing/project-log.js';
import { district, initiative, Publisher } from '../testing/public-events.js';
import { openReportingDatabase } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';
import { adoptionAsOf } from './adoption.read.js';
import { trendOf, weeksUpTo } from './trend.read.js';

const day_ms = 86_400_000;
const dayArb = fc.integer({ min: -20, max: 150 }).map((n) => new Date(historyStart + n * day_ms).toISOString());
const pairArb = fc.tuple(dayArb, dayArb).map((pair) => [...pair].sort() as [string, string]);

describe('figures that different reads give of one district', () => {
  let database: ReportingDatabase;
  const openDistrict = new Publisher().districtRegistered();

  beforeAll(async () => {
    database = await openReportingDatabase();
  });
  afterAll(() => database.close());

  test('the trend says of each day what the district as of that day says', async () => {
    await fc.assert(
      fc.asyncProperty(lawfulHistoryArb(60), dayArb, fc.nat({ max: 61 }), async (log, recorded, back) => {
        await startWith(database.inTransaction, [openDistrict, ...log]);
        const position = Math.max(log.length + 1 - back, 0);
        // Also at the very instants of facts, where a stretch ends and the next begins.
        const days = Array.from({ length: 12 }, (_, n) => new Date(historyStart + n * 9 * day_ms).toISOString());
        const instants = new Set([...log.slice(0, 8).map(({ time }) => time), ...days]);
        const points = [...instants].sort().map((effective) => ({ date: effective, effective }));
        for (const { date, totals } of await trendOf(database.session, district, initiative, points, { recorded, position })) {
          const answer = await adoptionAsOf(database.session, district, initiative, { effective: date, recorded, position });
          expect(totals).toEqual(answer.totals);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('the changes between two points add up to the difference of their totals', async () => {
    await fc.assert(
      fc.asyncProperty(lawfulHistoryArb(60), pairArb, pairArb, fc.nat({ max: 20 }), async (log, dates, known, back) => {
        const [[from, to], [recordedFrom, recordedTo]] = [dates, known];
        await startWith(database.inTransaction, [openDistrict, ...log]);
        const position = Math.max(log.length + 1 - back, 0);
        const span = { from, to, recordedFrom, recordedTo };
        const { before, after, changes } = await comparePoints(database.session, district, initiative, span, position);
        const totals = { ...before.totals };
        const statuses = { ...before.statuses };
        for (const change of changes) {
          for (const [standing, by] of [[change.before, -1], [change.after, 1]] as const) {
            if (standing === null) continue;
            totals[standing.stage ?? 'not-started'] += by;
            statuses[standing.status] += by;
          }
        }
        expect({ totals, statuses }).toEqual({ totals: after.totals, statuses: after.statuses });
      }),
      { numRuns: 12 },
    );
  });
});

describe('the days of a trend', () => {
  test.each([
    ['2024-09-01', '2024-09-16', ['2024-09-02', '2024-09-09', '2024-09-16']],
    ['2024-09-16', '2024-09-16', ['2024-09-16']],
    ['2024-09-17', '2024-09-16', []],
    ['2024-03-04', '2024-03-11', ['2024-03-04', '2024-03-11']],
  ])('from %s to %s', (from, to, days) => {
    expect(weeksUpTo(from, to)).toEqual(days);
  });
});
