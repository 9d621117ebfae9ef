import { eventually } from '@cairn/event-bus/testing';
import { SystemClock } from '@cairn/event-store';
import { FreshReadModels } from '@cairn/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { projections } from '../testing/project-log.js';
import { openReportingDatabase } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';
import { Snapshots } from './snapshots.js';
import type { Find } from './snapshots.js';

const tables = projections.flatMap((projection) => projection.tables);
const caughtUp = {
  name: 'all', position: '0', head: undefined, caughtUp: true, lagEvents: 0, behind_ms: 0, failure: undefined, generation: 1, canGoBack: false,
};
const lookedUp: Find<unknown> = (session, sending) => session.query('SELECT $1::int', [1], { name: 'looked_up', ...sending });
const done = (): Promise<void> => Promise.resolve();

describe('the snapshot of a request', () => {
  let database: ReportingDatabase;
  let snapshots: Snapshots;
  let fresh: FreshReadModels;
  let known: string | undefined;

  beforeAll(async () => {
    database = await openReportingDatabase();
    const all = {
      tables, has: () => true, status: () => Promise.resolve(caughtUp), rebuild: done, goBack: done, waitFor: done, wake: () => undefined,
      get position() {
        return known;
      },
    };
    fresh = new FreshReadModels({ all });
    snapshots = new Snapshots(database.dataSource, new SystemClock(), fresh);
  });
  afterAll(() => database.close());

  const waiting = async (): Promise<boolean> => {
    const rows = await database.session.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'reporting.district'::regclass`);
    return rows.length > 0;
  };

  test('keeps every table of the read models in its place, before it has touched one', async () => {
    await snapshots.read(undefined, lookedUp, async () => {
      for (const table of tables) {
        const moved = database.inTransaction(async (session) => {
          await session.query(`SET LOCAL lock_timeout = '20ms'`);
          await session.query(`ALTER TABLE reporting.${table} SET SCHEMA reporting_next`);
        });
        await expect(moved).rejects.toThrow('lock timeout');
      }
    });
  });

  test('is not older than the generation whose tables it finds', async () => {
    // From its second request on, a connection locks in the round trip of the first look.
    await Promise.all([1, 2, 3].map(() => snapshots.read(undefined, lookedUp, () => undefined)));
    let reading: Promise<number> = Promise.resolve(0);
    await database.inTransaction(async (swap) => {
      await swap.query('LOCK TABLE reporting.district IN ACCESS EXCLUSIVE MODE');
      reading = snapshots.read(undefined, lookedUp, async ({ session }) => (await session.query('SELECT 1 FROM district')).length);
      await eventually('the reader waits', waiting);
      await swap.query('ALTER TABLE reporting.district SET SCHEMA reporting_previous');
      await swap.query('CREATE TABLE reporting.district AS TABLE reporting_previous.district');
      await swap.query(`INSERT INTO reporting.district VALUES ('mnps', 'America/Chicago', 1)`);
    });
    expect(await reading).toBe(1);
  });

  describe('of now', () => {
    const standAt = (position: string): Promise<unknown> =>
      database.session.query(
        `INSERT INTO projection_checkpoint (projection, position) VALUES ('all', $1) ON CONFLICT (projection) DO UPDATE SET position = excluded.position`,
        [position],
      );
    /** The positions that the work was done at. */
    const read = async (): Promise<readonly number[]> => {
      const positions: number[] = [];
      await snapshots.readNow(lookedUp, ({ position }) => Promise.resolve(positions.push(position)));
      return positions;
    };
    beforeEach(async () => {
      snapshots = new Snapshots(database.dataSource, new SystemClock(), fresh);
      await standAt('7');
    });

    test('is read at once where the read models are known to be', async () => {
      known = undefined;
      expect(await read()).toEqual([7]);
      known = '7';
      expect(await read()).toEqual([7]);
    });

    test('is looked up for a while after what was known was wrong, and longer when it is wrong again', async () => {
      known = '6';
      expect(await read()).toEqual([6, 7]);
      for (let request = 0; request < 20; request += 1) expect(await read()).toEqual([7]);
      expect(await read()).toEqual([6, 7]);
      for (let request = 0; request < 40; request += 1) expect(await read()).toEqual([7]);
      known = '7';
      expect(await read()).toEqual([7]);
      known = '6';
      expect(await read()).toEqual([6, 7]);
      for (let request = 0; request < 20; request += 1) expect(await read()).toEqual([7]);
      expect(await read()).toEqual([6, 7]);
    });
  });
});
