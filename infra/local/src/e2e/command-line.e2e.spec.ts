import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { CairnProcess, StartedCairn } from './cairn-process.js';
import { schoolsCsv } from './platform-under-test.js';

interface Schools {
  readonly items: readonly { readonly schoolId: string; readonly name: string }[];
}

const run = (...args: string[]) => CairnProcess.spawn(args).finished();

/** The superuser's connection to the embedded server, past every guard. */
const connect = async (dataDir: string): Promise<pg.Client> => {
  const { password, port } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as { password: string; port: number };
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'cairn' });
  await client.connect();
  return client;
};

describe('the command line, on an embedded database', () => {
  let dataDir: string;
  let roster: string;
  let cairn: StartedCairn;
  let amqui: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cairn-cli-'));
    roster = join(dataDir, 'roster.csv');
    await writeFile(roster, schoolsCsv);
    cairn = await StartedCairn.ready(dataDir, ['--empty']);
    await cairn.post('/api/districts', { districtId: 'lakeside', name: 'Lakeside', timeZone: 'America/New_York' });
    await cairn.post('/api/districts/lakeside/initiatives', { name: 'Blended learning', description: 'Teaching that mixes' });
  }, 120_000);
  afterAll(async () => {
    await cairn.process.end('SIGINT');
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const importing = (...more: string[]) =>
    run('import', roster, '--data', dataDir, '--district', 'lakeside', '--effective', '2025-01-01', ...more);

  test('the operator token is for its owner alone', async () => {
    expect((await stat(join(dataDir, 'operator-token'))).mode & 0o777).toBe(0o600);
  });

  test('a second start on the same directory says who runs already, and where', async () => {
    const second = await run('start', '--data', dataDir, '--port', '0');
    expect(second.code).toBe(1);
    expect(second.output).toContain('Already running');
    expect(second.output).toContain(cairn.url);
  });

  test('import shows the differences beside a running platform, and applies them only when told to', async () => {
    const shown = await importing();
    expect(shown.output).toContain('Opened: 3');
    expect(shown.output).toContain('Nothing was changed');
    expect((await cairn.get<Schools>('/api/districts/lakeside/schools')).items).toEqual([]);

    const applied = await importing('--apply');
    expect({ code: applied.code, output: applied.output }).toMatchObject({ code: 0, output: expect.stringContaining('Applied') });
    const { items } = await cairn.get<Schools>('/api/districts/lakeside/schools');
    expect(items).toHaveLength(3);
    amqui = items.find(({ name }) => name === 'Amqui Elementary')?.schoolId ?? '';
    expect((await importing('--apply')).output).toContain('Unchanged: 3');
  }, 120_000);

  test('what was acknowledged survives kill -9, and the next start needs no help', async () => {
    const path = `/api/districts/lakeside/schools/${amqui}/adoptions/blended-learning`;
    await cairn.post(`${path}/start`, { occurredAt: '2025-03-03' });
    const { position } = await cairn.post<{ position: string }>(`${path}/advance-stage`, { occurredAt: '2025-04-03' });
    await cairn.process.end('SIGKILL');

    cairn = await StartedCairn.ready(dataDir);
    const adoption = await cairn.get<{ totals: Record<string, number> }>(
      `/api/districts/lakeside/adoption?initiative=blended-learning&min-position=${position}`,
    );
    expect(adoption.totals).toMatchObject({ installation: 1, 'not-started': 2 });
  }, 120_000);

  test('a read model is derived anew beside a running platform, and is the same', async () => {
    const before = await cairn.get<object>('/api/districts/lakeside/adoption?initiative=blended-learning&recorded=2030-01-01&effective=2025-04-10');
    const rebuilt = await run('rebuild', 'all', '--data', dataDir);
    expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining('adoption is derived anew') });
    const after = await cairn.get<object>('/api/districts/lakeside/adoption?initiative=blended-learning&recorded=2030-01-01&effective=2025-04-10');
    expect(after).toEqual({ ...before, recorded: (after as { recorded: string }).recorded });
    const unknown = await run('rebuild', 'everything', '--data', dataDir);
    expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining('There are: ') });
  }, 120_000);

  test('verify finds the record whole, then names stream and version of one byte that was changed past the guard', async () => {
    expect(await run('verify', '--data', dataDir)).toMatchObject({ code: 0, output: expect.stringContaining('The record is whole') });
    const superuser = await connect(dataDir);
    try {
      await expect(superuser.query(`UPDATE scaling_plan_store.es_event SET type = 'X'`)).rejects.toThrow();
      await superuser.query(`SET session_replication_role = replica`);
      const changed = await superuser.query<{ stream_id: string }>(
        `UPDATE scaling_plan_store.es_event SET data = replace(data::text, 'installation', 'Installation')::json WHERE version = 2 RETURNING stream_id`,
      );
      expect(changed.rowCount).toBe(1);
      const broken = await run('verify', '--data', dataDir);
      expect(broken.code).toBe(1);
      expect(broken.output).toContain(`${changed.rows[0]?.stream_id}, version 2`);
      await superuser.query(
        `UPDATE scaling_plan_store.es_event SET data = replace(data::text, 'Installation', 'installation')::json WHERE version = 2`,
      );
    } finally {
      await superuser.end();
    }
  }, 120_000);

  test('a directory without data is named, and nothing is made in it', async () => {
    const nothing = join(dataDir, 'mistyped');
    for (const command of [['verify'], ['rebuild', 'all'], ['import', roster, '--district', 'lakeside', '--effective', '2025-01-01']]) {
      expect(await run(...command, '--data', nothing)).toMatchObject({ code: 1, output: expect.stringContaining('There is no data in') });
    }
    await expect(stat(nothing)).rejects.toThrow('ENOENT');
  }, 60_000);

  test('a database that is killed ends the platform with a sentence, and the next start recovers', async () => {
    const pid = Number((await readFile(join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    const ended = await cairn.process.finished();
    expect(ended).toMatchObject({ code: 1, output: expect.stringContaining('Everything that was acknowledged is on record') });
    cairn = await StartedCairn.ready(dataDir);
    expect((await cairn.get<Schools>('/api/districts/lakeside/schools')).items).toHaveLength(3);
  }, 120_000);

  test('commands work without a running platform too', async () => {
    await cairn.process.end('SIGTERM');
    expect(await run('verify', '--data', dataDir)).toMatchObject({ code: 0, output: expect.stringContaining('The record is whole') });
    expect((await importing()).output).toContain('Unchanged: 3');
    cairn = await StartedCairn.ready(dataDir);
  }, 180_000);
});
