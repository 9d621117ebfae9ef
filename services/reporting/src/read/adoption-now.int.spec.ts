import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyPublicEvent } from '@cairn/contracts';
import fc from 'fast-check';

import { historyStart, lawfulHistoryArb } from '../testing/lawful-history.js';
import { startWith } from '../testing/project-log.js';
import { day, district, initiative, Publisher } from '../testing/public-events.js';
import { openReportingDatabase, roundTripsOf } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';
import { SetClock, StandingReadModels } from '../testing/standing-read-models.js';
import { AdoptionAsOf, adoptionAsOf, AdoptionAsOfHandler } from './adoption.read.js';
import type { AdoptionAnswer } from './adoption.read.js';
import { Snapshots } from './snapshots.js';

// It is asked for where this process knows the read models to be, before anybody has looked whether they are there.
describe('the district as of now', () => {
  const publisher = new Publisher('mnps');
  const [openDistrict, defined] = [publisher.districtRegistered(), publisher.initiativeDefined()];
  const school = [publisher.opened(1, 'Glencliff High', { occurredAt: day(1) }), publisher.started(1, { occurredAt: day(2) })];
  const clock = new SetClock(day(20));
  const models = new StandingReadModels();
  let database: ReportingDatabase;
  let handler: AdoptionAsOfHandler;

  beforeAll(async () => {
    database = await openReportingDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => {
    handler = new AdoptionAsOfHandler(new Snapshots(database.dataSource, clock, models.fresh));
    clock.time = day(20);
    models.known = undefined;
  });

  const begin = async (log: readonly AnyPublicEvent[], position: number | null): Promise<void> => {
    await startWith(database.inTransaction, [openDistrict, defined, ...log]);
    await models.standAt(database.session, position);
  };
  const now = (initiativeId = initiative, of = district): Promise<AdoptionAnswer> =>
    handler.execute(new AdoptionAsOf(of, { initiative: initiativeId }));
  const positionOf = ({ position }: AdoptionAnswer): number => Number(position.slice('reporting:'.length));
  const again = (answer: AdoptionAnswer): Promise<AdoptionAnswer> =>
    adoptionAsOf(database.session, district, initiative, { effective: answer.effective, recorded: answer.recorded, position: positionOf(answer) });

  test('is that of where the read models stand and of the newest record, whatever was known of them', async () => {
    const cases = lawfulHistoryArb(40).chain((log) =>
      fc.record({
        log: fc.constant(log),
        hours: fc.integer({ min: -100, max: 5_000 }),
        stands: fc.nat(log.length + 2),
        knownFrom: fc.constantFrom<'nothing' | 'there' | 'elsewhere'>('nothing', 'there', 'elsewhere'),
        elsewhere: fc.nat(log.length + 2),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ log, hours, stands, knownFrom, elsewhere }) => {
        await begin(log, stands);
        handler = new AdoptionAsOfHandler(new Snapshots(database.dataSource, clock, models.fresh));
        clock.time = new Date(historyStart + hours * 3_600_000).toISOString();
        models.known = { nothing: undefined, there: stands, elsewhere }[knownFrom];
        const answer = await now();
        const newest = [clock.time, ...[openDistrict, defined, ...log].map(({ recordedat }) => recordedat)].sort().at(-1);
        expect([answer.effective, answer.recorded, positionOf(answer)]).toEqual([newest, newest, stands]);
        expect(answer).toEqual(await again(answer));
      }),
      { numRuns: 30 },
    );
  });

  test('is as far as the read model that is least far, and from the beginning while one has none', async () => {
    await begin(school, 4);
    models.known = 4;
    await models.standAt(database.session, 3, ['history']);
    expect(positionOf(await now())).toBe(3);
    await models.standAt(database.session, null, ['history']);
    expect(positionOf(await now())).toBe(0);
  });

  test('takes one round trip where it is known how far the read models are', async () => {
    await begin(school, 4);
    models.known = 4;
    // From its second request on, a connection knows the statements.
    for (let request = 0; request < 2; request += 1) await now();
    const { answer, roundTrips } = await roundTripsOf(database, () => now());
    expect(answer.totals.exploration).toBe(1);
    expect(roundTrips).toBe(1);
  });

  test('is refused in the same words, whether or not something is known', async () => {
    await database.close();
    database = await openReportingDatabase();
    handler = new AdoptionAsOfHandler(new Snapshots(database.dataSource, clock, models.fresh));
    await begin([], 2);
    // First by statements that are new to their connection, then by prepared ones, which go together.
    for (const position of [2, 2, undefined, 1]) {
      models.known = position;
      await expect(now(initiative, 'nowhere')).rejects.toMatchObject({ problem: { status: 404, detail: 'There is no district "nowhere" that you can see.' } });
      await expect(now('basket-weaving')).rejects.toMatchObject({ problem: { status: 404, detail: 'District "mnps" has no initiative "basket-weaving".' } });
      expect((await now()).schools).toEqual([]);
    }
  });
});
