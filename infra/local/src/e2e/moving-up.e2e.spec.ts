import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { testDatabase } from '@cairn/embedded-postgres/testing';
import { EventStoreDbDouble } from '@cairn/event-store/testing/eventstoredb-double';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { CairnProcess, StartedCairn } from './cairn-process.js';
import { schoolsCsv } from './platform-under-test.js';

interface Adoption {
  readonly position: string;
  readonly effective: string;
  readonly recorded: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly schools: readonly { readonly schoolId: string; readonly name: string; readonly version: number }[];
}

const district = '/api/districts/moving-up';

const inDatabase = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

describe('a record that moves from PostgreSQL to EventStoreDB', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let double: EventStoreDbDouble;
  let dataDir: string;
  let environment: Readonly<Record<string, string>>;
  let before: Adoption;

  const asOf = (cairn: StartedCairn, effective: string): Promise<Adoption> =>
    cairn.get<Adoption>(`${district}/adoption?initiative=blended-learning&effective=${effective}`);
  /** Where and when it was read is another with each reading. */
  const withoutPosition = ({ position: _place, recorded: _time, ...rest }: Adoption) => rest;
  const run = (args: readonly string[]) => CairnProcess.spawn([...args, '--data', dataDir], environment).finished();

  beforeAll(async () => {
    database = await testDatabase();
    double = await EventStoreDbDouble.start();
    dataDir = await mkdtemp(join(tmpdir(), 'cairn-moving-'));
    environment = { DATABASE_URL: database.url };
    const cairn = await StartedCairn.ready(dataDir, ['--empty'], environment);
    await cairn.post('/api/districts', { districtId: 'moving-up', name: 'Moving up', timeZone: 'America/Chicago' });
    await cairn.csv(`${district}/roster-imports?mode=apply&effective=2025-01-01`, schoolsCsv);
    await cairn.post(`${district}/initiatives`, { name: 'Blended learning', description: 'Teaching that mixes' });
    const { items } = await cairn.get<{ items: { schoolId: string }[] }>(`${district}/schools`);
    const adoption = `${district}/schools/${items[0]?.schoolId}/adoptions/blended-learning`;
    await cairn.post(`${adoption}/start`, { occurredAt: '2025-03-03' });
    await cairn.post(`${adoption}/advance-stage`, { occurredAt: '2025-09-01' });
    before = await asOf(cairn, '2025-09-30');
    await cairn.process.end('SIGTERM');
  }, 300_000);
  afterAll(async () => {
    double.kill();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('stays where it is, in words, when nothing answers there', async () => {
    const refused = await run(['move', '--to', 'esdb://127.0.0.1:1?tls=false']);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('EventStoreDB at 127.0.0.1:1 does not take connections') });
    expect(refused.output).not.toContain('is moved');
  }, 120_000);

  test('is copied whole, and copying it again finds it there', async () => {
    const moved = await run(['move', '--to', double.url]);
    expect(moved).toMatchObject({ code: 0, output: expect.stringContaining('The record is moved.') });
    expect(moved.output).toContain('scaling-plan: 2 events in 1 streams');
    const again = await run(['move', '--to', double.url]);
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('2 of them by an earlier move') });
  }, 300_000);

  test('does not go on in PostgreSQL as if nothing had been moved', async () => {
    const refused = await run(['start', '--port', '0', '--empty']);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(`was moved to EventStoreDB at ${new URL(double.url).host}`) });
    expect(refused.output).toContain('Set EVENT_STORE_URL');
  }, 120_000);

  test('is verified there', async () => {
    const verified = await CairnProcess.spawn(['verify', '--data', dataDir], { ...environment, EVENT_STORE_URL: double.url }).finished();
    expect(verified).toMatchObject({ code: 0, output: expect.stringContaining('The record is whole.') });
  }, 120_000);

  test('answers as before, takes new facts, and shows them', async () => {
    const cairn = await StartedCairn.ready(dataDir, ['--empty'], { ...environment, EVENT_STORE_URL: double.url });
    const after = await asOf(cairn, '2025-09-30');
    expect(withoutPosition(after)).toEqual(withoutPosition(before));
    const school = before.schools.find(({ version }) => version === 0);
    const started = await cairn.post<{ position: string }>(
      `${district}/schools/${school?.schoolId}/adoptions/blended-learning/start`,
      { occurredAt: '2025-10-01' },
    );
    const { totals } = await cairn.get<Adoption>(`${district}/adoption?initiative=blended-learning&min-position=${started.position}`);
    expect(totals).not.toEqual(before.totals);
    const beforeReplay = await asOf(cairn, '2025-12-01');
    const replayed = await run(['replay', '--topic', 'cairn.scaling-plan.v1', '--url', cairn.url, '--token', cairn.token]);
    expect(replayed).toMatchObject({ code: 0, output: expect.stringContaining('published once more') });
    const unknown = await run(['replay', '--topic', 'cairn.nothing.v1', '--url', cairn.url, '--token', cairn.token]);
    expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining('There are: cairn.directory.v1, cairn.scaling-plan.v1') });
    expect(withoutPosition(await asOf(cairn, '2025-12-01'))).toEqual(withoutPosition(beforeReplay));
    const [elsewhere, connected] = [await mkdtemp(join(tmpdir(), 'cairn-moving-too-')), /cairn-directory, cairn-reporting, cairn-scaling-plan are connected to this database/];
    const refused = await CairnProcess.spawn(['return', '--data', elsewhere], environment).finished();
    expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(connected) });
    await rm(elsewhere, { recursive: true, force: true });
    await cairn.process.end('SIGTERM');
  }, 300_000);

  test('is not copied to a second place while it goes on in the first', async () => {
    const refused = await run(['move', '--to', double.url, '--namespace', 'second-']);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('was moved to EventStoreDB at') });
    expect(refused.output).toContain('and goes on there');
  }, 120_000);

  test('goes on in PostgreSQL when the move is taken back, and is not moved while a service works on it', async () => {
    // As a version that knew nothing of moves would have left it.
    for (const schema of ['directory_store', 'scaling_plan_store', 'reporting_store']) {
      await inDatabase(database.url, `DROP TABLE ${schema}.es_moved; UPDATE ${schema}.es_schema SET version = 2`);
    }
    expect(await run(['return'])).toMatchObject({ code: 0, output: expect.stringContaining('takes events again') });
    const cairn = await StartedCairn.ready(dataDir, ['--empty'], environment);
    await cairn.post('/api/districts', { districtId: 'returned', name: 'Returned', timeZone: 'America/Chicago' });
    const elsewhere = await mkdtemp(join(tmpdir(), 'cairn-moving-too-'));
    const refused = await CairnProcess.spawn(['move', '--to', double.url, '--data', elsewhere], environment).finished();
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('cairn-directory, cairn-reporting, cairn-scaling-plan are connected to this database') });
    await rm(elsewhere, { recursive: true, force: true });
    await cairn.process.end('SIGTERM');
  }, 300_000);
});
