import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { topics } from '@cairn/contracts';
import { openPostgresEventBus } from '@cairn/event-bus';
import { eventually } from '@cairn/event-bus/testing';
import { busSchema } from '@cairn/service-kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { CairnProcess, StartedCairn } from '../e2e/cairn-process.js';
import { schoolsCsv } from '../e2e/platform-under-test.js';

interface Listed {
  readonly items: readonly { readonly messageId: string }[];
}

describe('cairn dead-letters', () => {
  let dataDir: string;
  let cairn: StartedCairn;
  let superuser: pg.Client;
  let connection: pg.ClientConfig;
  let amqui: string;

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    CairnProcess.spawn(['dead-letters', ...args], environment).finished();
  const here = (...args: string[]) => run([...args, '--data', dataDir]);
  /** What is parked, by HTTP: to wait for it a process at a time would take very long. */
  const parkedBy = async (...services: string[]): Promise<readonly string[]> => {
    const pages = services.map((service) => cairn.get<Listed>(`/api/services/${service}/parked-messages`));
    return (await Promise.all(pages)).flatMap(({ items }) => items.map(({ messageId }) => messageId));
  };
  const parked = (count: number) =>
    eventually(`${count} are parked`, async () => (await parkedBy('reporting', 'scaling-plan')).length === count);

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cairn-dead-'));
    cairn = await StartedCairn.ready(dataDir, ['--empty']);
    const { password, port } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as { password: string; port: number };
    connection = { host: '127.0.0.1', port, user: 'postgres', password, database: 'cairn' };
    superuser = new pg.Client(connection);
    await superuser.connect();
    await cairn.post('/api/districts', { districtId: 'lakeside', name: 'Lakeside', timeZone: 'America/New_York' });
    await cairn.post('/api/districts/lakeside/initiatives', { name: 'Blended learning', description: 'Teaching that mixes' });
    const roster = join(dataDir, 'roster.csv');
    await writeFile(roster, schoolsCsv);
    const imported = await CairnProcess.spawn(
      ['import', roster, '--data', dataDir, '--district', 'lakeside', '--effective', '2025-01-01', '--apply'],
    ).finished();
    expect(imported).toMatchObject({ code: 0 });
    const { items } = await cairn.get<{ items: readonly { name: string; schoolId: string }[] }>('/api/districts/lakeside/schools');
    amqui = items.find(({ name }) => name === 'Amqui Elementary')?.schoolId ?? '';
  }, 120_000);
  afterAll(async () => {
    await superuser.end();
    await cairn.process.end('SIGINT');
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  test('says so when nothing is parked', async () => {
    const dropping = ['drop', '--id', 'nothing', '--reason', 'a test'];
    const [list, replay, drop] = await Promise.all([here('list'), here('replay', '--key', 'nobody'), here(...dropping)]);
    expect(list).toEqual({ code: 0, output: 'Nothing is parked.\n' });
    expect(replay).toMatchObject({ code: 1, output: expect.stringContaining('Nothing is parked under') });
    expect(drop).toMatchObject({ code: 1, output: expect.stringContaining('No message nothing is parked') });
  }, 180_000);

  test('shows what a service could not apply, and applies it in order once the cause is gone', async () => {
    await superuser.query(
      `ALTER TABLE reporting.received_event ADD CONSTRAINT a_fault CHECK (event->>'type' NOT LIKE '%adoption.started%') NOT VALID`,
    );
    const path = `/api/districts/lakeside/schools/${amqui}/adoptions/blended-learning`;
    await cairn.post(`${path}/start`, { occurredAt: '2025-03-03' });
    await cairn.post(`${path}/advance-stage`, { occurredAt: '2025-04-03' });
    await parked(2);

    const shown = await here('list', '--service', 'reporting', '--key', amqui);
    expect(shown.code).toBe(0);
    expect(shown.output).toMatch(/adoption\.started\.v1 .* \d times +error: .*a_fault/);
    expect(shown.output).toMatch(/adoption\.stage-advanced\.v1 .* never +A message of the same key/);
    expect(shown.output).toContain('2 messages are parked under 1 key.');

    const again = await here('replay', '--key', amqui);
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('0 replayed, 2 left') });
    expect(again.output).toMatch(/failed again: error: .*a_fault/);

    await superuser.query('ALTER TABLE reporting.received_event DROP CONSTRAINT a_fault');
    const replayed = JSON.parse((await here('replay', '--json')).output) as object;
    expect(replayed).toEqual({ items: [{ service: 'reporting', topic: topics.scalingPlan.name, key: amqui, replayed: 2, left: 0 }] });
    const totals = await eventually('the read model has it', async () => {
      const { totals: now } = await cairn.get<{ totals: Record<string, number> }>(
        '/api/districts/lakeside/adoption?initiative=blended-learning&effective=2025-04-10',
      );
      return now['installation'] === 1 ? now : undefined;
    });
    expect(totals).toMatchObject({ installation: 1, 'not-started': 2 });
    await parked(0);
  }, 180_000);

  test('gives up a broken message, which each service keeps with who dropped it and why', async () => {
    const bus = openPostgresEventBus({ connection, schema: busSchema });
    const broken = { id: 'broken-1', key: 'nobody', headers: {}, value: '{"type":"\\u001b[2J"', scope: 'directory', sourcePosition: '1' };
    await bus.publish(topics.directory.name, [broken]);
    await bus.close();
    await parked(2);
    const { items } = JSON.parse((await here('list', '--json', '--topic', topics.directory.name)).output) as { items: object[] };
    expect(items).toEqual([
      expect.objectContaining({ service: 'reporting', key: 'nobody', messageId: 'broken-1' }),
      expect.objectContaining({ service: 'scaling-plan', key: 'nobody', messageId: 'broken-1' }),
    ]);

    const dropping = ['drop', '--id', 'broken-1', '--reason', 'It was typed by hand.'];
    const which = await here(...dropping);
    expect(which).toMatchObject({ code: 1, output: expect.stringContaining('reporting and scaling-plan') });
    const dropped = await here(...dropping, '--service', 'reporting');
    expect(dropped).toMatchObject({ code: 0, output: expect.stringContaining('Dropped broken-1') });
    expect(JSON.parse((await here(...dropping, '--json')).output)).toMatchObject({ service: 'scaling-plan', messageId: 'broken-1' });
    await parked(0);
    for (const schema of ['reporting', 'scaling_plan']) {
      const { rows } = await superuser.query(`SELECT message->>'value' AS value, dropped_by, dropped_reason FROM ${schema}.dropped_message`);
      expect(rows).toEqual([{ value: broken.value, dropped_by: expect.stringMatching(/./), dropped_reason: 'It was typed by hand.' }]);
    }
  }, 180_000);

  test('asks a platform elsewhere by its address and a token, and says in words what is wrong with them', async () => {
    const token = await readFile(join(dataDir, 'operator-token'), 'utf8');
    const elsewhere = { CAIRN_URL: `${cairn.url}/` };
    expect(await run(['list'], { ...elsewhere, CAIRN_TOKEN: token })).toEqual({ code: 0, output: 'Nothing is parked.\n' });
    const wrong = async (args: readonly string[], words: string, environment = {}) =>
      expect(await run(args, environment)).toMatchObject({ code: 1, output: expect.stringContaining(words) });
    // Side by side, as each is a process of its own.
    await Promise.all([
      wrong(['list'], 'CAIRN_TOKEN', elsewhere),
      wrong(['list', '--token', 'nonsense'], 'Sign in first', elsewhere),
      wrong(['list', '--url', 'ftp://example.org'], 'the address of a platform'),
      wrong(['list', '--url', 'http://127.0.0.1:9', '--token', token], 'does not answer'),
      wrong(['list', '--service', 'coffee', '--token', token], 'There are: reporting, scaling-plan', elsewhere),
      wrong(['drop', '--id', 'x'], "required option '--reason"),
    ]);
  }, 180_000);
});
