import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { startWith } from '../testing/project-log.js';
import { day, district, initiative, Publisher, schoolId } from '../testing/public-events.js';
import { openReportingDatabase, roundTripsOf } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';
import { SetClock, StandingReadModels } from '../testing/standing-read-models.js';
import type { HistoryAnswer } from './history.read.js';
import { HistoryOfSchool, HistoryOfSchoolHandler } from './history.read.js';
import { Snapshots } from './snapshots.js';

interface Asked {
  readonly school?: number;
  readonly initiative?: string;
  readonly after?: string;
  readonly position?: string;
  readonly limit?: number;
}

// Like the district of now, it is asked for where this process knows the read models to be.
describe('the history of a school as of now', () => {
  const publisher = new Publisher(district);
  const events = [
    publisher.opened(1, 'Glencliff High', { occurredAt: day(1) }),
    publisher.started(1, { occurredAt: day(2) }),
    publisher.started(1, { occurredAt: day(3), initiativeId: 'computer-science' }),
    publisher.advanced(1, 'installation', { occurredAt: day(4) }),
    publisher.opened(2, 'Maplewood High', { occurredAt: day(5) }),
  ];
  const ids = events.map(({ id }) => id);
  const clock = new SetClock(day(20));
  const models = new StandingReadModels();
  let database: ReportingDatabase;
  let handler: HistoryOfSchoolHandler;

  beforeAll(async () => {
    database = await openReportingDatabase();
    await startWith(database.inTransaction, events);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await models.standAt(database.session, events.length);
    models.known = events.length;
    handler = new HistoryOfSchoolHandler(new Snapshots(database.dataSource, clock, models.fresh));
  });

  const history = ({ school = 1, limit = 200, ...asked }: Asked = {}): Promise<HistoryAnswer> =>
    handler.execute(new HistoryOfSchool({ districtId: district, schoolId: schoolId(school) }, { limit, ...asked }));
  const idsOf = ({ items }: HistoryAnswer): readonly string[] => items.map(({ eventId }) => eventId);

  const places: readonly [string, number | undefined][] = [['there', 5], ['further', 7], ['behind', 2], ['nowhere that is known', undefined]];
  test.each(places)('is that of where the read models are, taken to be %s', async (_, known) => {
    for (const [stand, found] of [[5, [0, 1, 2, 3]], [3, [0, 1, 2]], [1, [0]]] as const) {
      await models.standAt(database.session, stand);
      models.known = known;
      handler = new HistoryOfSchoolHandler(new Snapshots(database.dataSource, clock, models.fresh));
      expect(idsOf(await history())).toEqual(found.map((at) => ids[at]));
    }
  });

  test('goes on behind the page before, and holds to the initiative and the position that are asked for', async () => {
    const first = await history({ limit: 3 });
    expect(idsOf(first)).toEqual([ids[0], ids[1], ids[2]]);
    const rest = await history({ limit: 3, ...(first.next === undefined ? {} : { after: first.next }) });
    expect([idsOf(rest), rest.next]).toEqual([[ids[3]], undefined]);
    expect(idsOf(await history({ initiative }))).toEqual([ids[1], ids[3]]);
    expect(idsOf(await history({ position: 'reporting:2' }))).toEqual([ids[0], ids[1]]);
  });

  test('takes one round trip where it is known how far the read models are', async () => {
    // From its second request on, a connection knows the statements.
    for (let request = 0; request < 2; request += 1) await history();
    const { answer, roundTrips } = await roundTripsOf(database, () => history());
    expect(idsOf(answer)).toHaveLength(4);
    expect(roundTrips).toBe(1);
  });

  test.each(places)('is refused for a school of which nothing is known, with read models taken to be %s', async (_, known) => {
    models.known = known;
    await expect(history({ school: 77 })).rejects.toMatchObject({ problem: { status: 404, detail: `District "${district}" has no school "${schoolId(77)}".` } });
  });
});
