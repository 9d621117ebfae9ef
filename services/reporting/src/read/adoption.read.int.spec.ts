import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { InTransaction, SqlSession } from '@cairn/event-bus';
import fc from 'fast-check';

import type { Point } from '../bitemporal/rows-at.js';
import { historyStart, lawfulHistoryArb, schoolsMax } from '../testing/lawful-history.js';
import { adoptionByDefinition, openNameByDefinition } from '../testing/oracle.js';
import { emptyReadModels, projectAll, receive, startWith } from '../testing/project-log.js';
import { day, district, initiative, Publisher, schoolId } from '../testing/public-events.js';
import { openReportingDatabase } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';
import { adoptionAsOf } from './adoption.read.js';

const schools = Array.from({ length: schoolsMax }, (_, n) => schoolId(n + 1));

const expectedAt = (log: readonly AnyPublicEvent[], initiativeId: string, point: Point) =>
  schools
    .flatMap((id) => {
      const name = openNameByDefinition(log, id, point);
      if (name === undefined) return [];
      const { state, version } = adoptionByDefinition(log, id, initiativeId, point);
      const started = state.status === 'not-started' ? undefined : state;
      return {
        schoolId: id, name, stage: started?.stage ?? null, status: state.status, since: started?.stageSince ?? null, version,
        eventId: started?.eventId ?? null,
      };
    })
    .sort((a, b) => (a.name === b.name ? (a.schoolId < b.schoolId ? -1 : 1) : a.name < b.name ? -1 : 1));

/** Points that matter: the instants of the events themselves, the millisecond beside them, and any other. */
const pointArb = (log: readonly AnyPublicEvent[]): fc.Arbitrary<Point> => {
  const instants = log.flatMap(({ time, recordedat }) => [time, recordedat].map((text) => Date.parse(text)));
  const instant = fc
    .oneof(
      fc.tuple(fc.constantFrom(historyStart, ...instants), fc.integer({ min: -1, max: 1 })).map(([at, by]) => at + by),
      fc.integer({ min: historyStart - 30 * 86_400_000, max: historyStart + 200 * 86_400_000 }),
    )
    .map((milliseconds) => new Date(milliseconds).toISOString());
  return fc.record({ effective: instant, recorded: instant, position: fc.integer({ min: 0, max: log.length }) });
};

describe('the district as of a point', () => {
  let database: ReportingDatabase;
  const openDistrict = new Publisher('mnps').districtRegistered();

  beforeAll(async () => {
    database = await openReportingDatabase();
  });
  afterAll(() => database.close());

  const allRows = async (): Promise<unknown> => {
    const tables = ['adoption_rectangle', 'adoption_version', 'school_rectangle', 'school_event', 'district', 'initiative'];
    const rows = await Promise.all(
      tables.map((table) => database.session.query(`SELECT row_to_json(t)::text AS row FROM ${table} t ORDER BY 1`)),
    );
    return Object.fromEntries(tables.map((table, index) => [table, rows[index]]));
  };

  test('is the fold of the facts recorded by then that occurred by then, at any point of any lawful history', async () => {
    const historyAndPoints = lawfulHistoryArb(60).chain((log) =>
      fc.record({
        log: fc.constant(log),
        points: fc.array(pointArb([openDistrict, ...log]), { minLength: 12, maxLength: 12 }),
        batchEvents: fc.integer({ min: 1, max: 70 }),
      }),
    );
    const isTheFold = fc.asyncProperty(historyAndPoints, async ({ log, points, batchEvents }) => {
      await startWith(database.inTransaction, [openDistrict, ...log], batchEvents);
      for (const point of points) {
        for (const initiativeId of [initiative, 'computer-science']) {
          const answer = await adoptionAsOf(database.session, district, initiativeId, point);
          const told = answer.schools.map(({ daysInStage: _days, ...school }) => school);
          expect(told).toEqual(expectedAt([openDistrict, ...log], initiativeId, point));
        }
      }
    });
    await fc.assert(isTheFold, { numRuns: 15 });
    // The history after which the index of the constraint once missed a rectangle that was to end.
    await fc.assert(isTheFold, { seed: -154969684, path: '322', numRuns: 1 });
  });

  test('comes out of a rebuild row for row, whatever the size of the batches', async () => {
    await fc.assert(
      fc.asyncProperty(lawfulHistoryArb(60), fc.integer({ min: 1, max: 30 }), async (log, batchEvents) => {
        await startWith(database.inTransaction, [openDistrict, ...log], batchEvents);
        const before = await allRows();
        await emptyReadModels(database.session);
        await projectAll(database.inTransaction);
        expect(await allRows()).toEqual(before);
      }),
      { numRuns: 8 },
    );
  });

  test('is the same again with the position it named, after facts of the past have come', async () => {
    const publisher = new Publisher();
    const log = [publisher.opened(1, 'Glencliff High', { occurredAt: day(1) }), publisher.started(1, { occurredAt: day(2) })];
    await startWith(database.inTransaction, [openDistrict, ...log]);
    const at = { effective: day(20), recorded: day(20) };
    const first = await adoptionAsOf(database.session, district, initiative, { ...at, position: 3 });
    await receive(database.inTransaction, [publisher.advanced(1, 'installation', { occurredAt: day(9), recordedAt: day(10) })]);
    expect(await adoptionAsOf(database.session, district, initiative, { ...at, position: 3 })).toEqual(first);
    const later = await adoptionAsOf(database.session, district, initiative, { ...at, position: 4 });
    expect([first, later].map(({ totals }) => [totals.exploration, totals.installation])).toEqual([[1, 0], [0, 1]]);
  });

  test('names schools as they are named, whatever a name holds', async () => {
    const publisher = new Publisher();
    const names = ['"Quoted" \\ School', 'Tab\tand\u0001bell', 'Línea\nnueva', '],["', '学校 🏫'];
    await startWith(database.inTransaction, [openDistrict, ...names.map((name, n) => publisher.opened(n + 1, name, { occurredAt: day(1) }))]);
    const { schools: named } = await adoptionAsOf(database.session, district, initiative, { effective: day(2), recorded: day(2), position: 6 });
    expect(named.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  describe('of many schools, before the tables were analyzed', () => {
    const count = 60;
    const publisher = new Publisher();
    const schoolsOpened = Array.from({ length: count }, (_, n) => publisher.opened(n + 1, `School ${n}`, { occurredAt: day(1) }));
    const started = Array.from({ length: count }, (_, n) => publisher.started(n + 1, { occurredAt: day(2) }));

    /** How many rows of adoptions this connection has looked at, by whatever way; only differences say something. */
    const looked = async (session: SqlSession): Promise<number> => {
      const [row] = await session.query<{ rows: number }>(
        `SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_xact_user_tables WHERE relname = 'adoption_rectangle'`,
      );
      return row?.rows ?? 0;
    };
    let rows = 0;
    const measured: InTransaction = (work) =>
      database.inTransaction(async (session) => {
        const before = await looked(session);
        const result = await work(session);
        rows += (await looked(session)) - before;
        return result;
      });
    beforeEach(() => {
      rows = 0;
    });

    beforeAll(() => startWith(database.inTransaction, [openDistrict, ...schoolsOpened, ...started]));

    test('a reader looks at each adoption once', async () => {
      const point = { effective: day(9), recorded: day(9), position: 1 + 2 * count };
      const { totals } = await measured((session) => adoptionAsOf(session, district, initiative, point));
      expect(totals.exploration).toBe(count);
      expect(rows).toBe(count);
    });

    test('a fact about one school looks at no other', async () => {
      await receive(measured, [publisher.advanced(7, 'installation', { occurredAt: day(5), recordedAt: day(6) })]);
      expect(rows).toBeGreaterThan(0);
      expect(rows).toBeLessThan(10);
    });

    test('a reader of today meets nothing of what is over, nor of what was known otherwise', async () => {
      const moves = [10, 11, 12, 13].flatMap((n) =>
        schoolsOpened.map((_, school) =>
          publisher.adoption(n % 2 === 0 ? 'paused' : 'resumed', school + 1, { occurredAt: day(n) }, { reason: 'Testing' }),
        ),
      );
      const position = await receive(database.inTransaction, moves);
      const { totals } = await measured((session) => adoptionAsOf(session, district, initiative, { effective: day(20), recorded: day(20), position }));
      expect(totals.exploration + totals.installation).toBe(count);
      expect(rows).toBe(count);
    });
  });
});
