import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import pg from 'pg';

import { CairnProcess, StartedCairn } from './cairn-process.js';
import { PlatformUnderTest } from './platform-under-test.js';

const today = '2026-01-15';
const points = ['2024-06-01', '2024-12-01', '2025-10-01', '2026-01-14'];

interface Row {
  readonly schoolId: string;
  readonly stage: string | null;
  readonly status: string;
  readonly since: string | null;
}
interface Adoption {
  readonly totals: Readonly<Record<string, number>>;
  readonly schools: readonly Row[];
}

/** The district at several dates, as known then and as known now, without the positions that depend on the run. */
const portrait = async (get: (path: string) => Promise<Adoption>): Promise<readonly object[]> => {
  const seen: object[] = [];
  for (const initiative of ['blended-learning', 'computer-science']) {
    for (const day of points) {
      for (const recorded of [day, '2026-01-15']) {
        const { totals, schools } = await get(`/api/districts/mnps/adoption?initiative=${initiative}&effective=${day}&recorded=${recorded}`);
        seen.push({ initiative, day, recorded, totals, schools: schools.map(({ schoolId, stage, status, since }) => ({ schoolId, stage, status, since })) });
      }
    }
  }
  return seen;
};

const readModelTables = `
  SELECT table_name AS name FROM information_schema.tables
  WHERE table_schema = 'reporting' AND table_type = 'BASE TABLE'
    AND table_name NOT LIKE 'consumer%' AND table_name NOT LIKE 'received%' AND table_name NOT LIKE 'projection%'
    AND table_name NOT IN ('migration', 'relay_checkpoint')
  ORDER BY 1`;

const rowsOf = async (client: pg.Client): Promise<ReadonlyMap<string, readonly string[]>> => {
  const tables = await client.query<{ name: string }>(readModelTables);
  const contents = new Map<string, readonly string[]>();
  for (const { name } of tables.rows) {
    const rows = await client.query<{ row: string }>(`SELECT t::text AS row FROM reporting.${name} t ORDER BY 1`);
    contents.set(name, rows.rows.map(({ row }) => row));
  }
  return contents;
};

describe('the Nashville sample', () => {
  let undisturbed: PlatformUnderTest;

  beforeAll(async () => {
    undisturbed = await PlatformUnderTest.start({ sample: true, today });
  }, 300_000);
  afterAll(() => undisturbed.stop());

  const get = async (path: string): Promise<Adoption> => (await undisturbed.get(path).expect(200)).body as Adoption;

  test('is two years of 155 real schools, recorded in those years', async () => {
    const now = await get('/api/districts/mnps/adoption?initiative=blended-learning&effective=2026-01-14&recorded=2026-01-15');
    expect(now.schools).toHaveLength(155);
    expect(Object.values(now.totals).reduce((sum, n) => sum + n, 0)).toBe(155);
    const { position } = (await undisturbed.get('/api/services/scaling-plan/position').expect(200)).body as { position: string };
    const events = Number(position.split(':')[1]);
    expect(events).toBeGreaterThanOrEqual(2_000);
    expect(events).toBeLessThanOrEqual(4_000);
    const believed = await get('/api/districts/mnps/adoption?initiative=blended-learning&effective=2025-03-01&recorded=2025-03-02');
    const known = await get('/api/districts/mnps/adoption?initiative=blended-learning&effective=2025-03-01&recorded=2026-01-15');
    expect(believed.schools).not.toEqual(known.schools);
    const { items } = (await undisturbed.get('/api/districts/mnps/schools?limit=500').expect(200)).body as { items: { enrollment: number; latitude?: number }[] };
    expect(items.reduce((sum, { enrollment }) => sum + enrollment, 0)).toBe(77_334);
    expect(items.filter(({ latitude }) => latitude !== undefined).length).toBeGreaterThan(80);
  });

  test('says that it is one', async () => {
    const { body } = await undisturbed.get('/api/districts').expect(200);
    expect((body as { items: object[] }).items).toEqual([expect.objectContaining({ districtId: 'mnps', sample: true })]);
  });

  test('built anew, all read models are the same, row for row', async () => {
    const client = new pg.Client({ connectionString: undisturbed.databaseUrl });
    await client.connect();
    try {
      const before = await rowsOf(client);
      expect([...before.values()].reduce((sum, rows) => sum + rows.length, 0)).toBeGreaterThan(5_000);
      const { items } = (await undisturbed.get('/api/services/reporting/read-models').expect(200)).body as { items: { name: string }[] };
      for (const { name } of items) await undisturbed.post(`/api/services/reporting/read-models/${name}/rebuild`).expect(202);
      await undisturbed.get(`/api/districts/mnps/schools?min-position=scaling-plan:${2_000}`).timeout(30_000);
      for (let caughtUp = false; !caughtUp; ) {
        const statuses = (await undisturbed.get('/api/services/reporting/read-models').expect(200)).body as { items: { caughtUp: boolean; building?: object }[] };
        caughtUp = statuses.items.every((status) => status.caughtUp && status.building === undefined);
      }
      expect(await rowsOf(client)).toEqual(before);
    } finally {
      await client.end();
    }
  }, 120_000);

  test('a load that was killed twice is finished, and the district is that of an undisturbed one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-sample-'));
    const database = await testDatabase();
    const environment = { CAIRN_SAMPLE_TODAY: today, DATABASE_URL: database.url };
    try {
      for (const records of [250, 1_250]) {
        const started = CairnProcess.spawn(['start', '--data', dataDir, '--port', '0'], environment);
        await started.says(new RegExp(`${records} of`), 400_000);
        await started.end('SIGKILL');
      }
      const cairn = await StartedCairn.ready(dataDir, [], environment, 400_000);
      expect(await portrait((path) => cairn.get<Adoption>(path))).toEqual(await portrait(get));
      await cairn.process.end('SIGTERM');
    } finally {
      await rm(dataDir, { recursive: true, force: true });
      await database.drop();
    }
  }, 600_000);
});
