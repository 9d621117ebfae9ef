import { readFileSync } from 'node:fs';

import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DataSource } from 'typeorm';

import { stateHeader } from './testing/roster-arbitraries.js';
import type { Answer, RunningDirectory } from './testing/running-directory.js';
import { runDirectory } from './testing/running-directory.js';

const nashville = readFileSync(new URL('../../../samples/nashville/mnps-schools-2024.csv', import.meta.url));
const csv = (...rows: readonly string[]): string => [stateHeader, ...rows.map((row) => `0190,D,${row}`)].join('\n');

let directory: RunningDirectory;
beforeAll(async () => {
  directory = await runDirectory();
});
afterAll(() => directory.close());

const register = (districtId: string, more: object = {}): Promise<Answer> =>
  directory.call('POST', '/api/districts', {
    body: JSON.stringify({ districtId, name: `District ${districtId}`, timeZone: 'America/Chicago', ...more }),
  });

const largeRows = (name: string): readonly string[] =>
  Array.from({ length: 2_000 }, (_, n) => `${String(n).padStart(6, '0')},${name} ${n},2024,${n}`);

const importRoster = (
  districtId: string,
  body: string | Uint8Array,
  { query = 'mode=apply&effective=2024-08-01', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => directory.call('POST', `/api/districts/${districtId}/roster-imports?${query}`, { body, type: 'text/csv', headers });

const head = async (): Promise<unknown> => (await directory.call('GET', '/api/services/directory/position')).body['position'];

describe('districts', () => {
  test('are registered once, and listed to those who see them', async () => {
    const answer = await register('mnps');
    expect(answer).toMatchObject({ status: 201, body: { districtId: 'mnps', version: 1 } });
    expect(await register('mnps')).toMatchObject({ status: 409, body: { type: '/problems/district-exists' } });
    const position = String((await register('other', { sample: true })).body['position']);
    const all = await directory.call('GET', `/api/districts?min-position=${position}&limit=1`);
    expect(all).toMatchObject({ status: 200, body: { next: expect.any(String), items: [{ districtId: 'mnps', schoolYearFirstMonth: 8 }] } });
    const rest = await directory.call('GET', `/api/districts?limit=1&after=${String(all.body['next'])}`);
    expect(rest.body).toMatchObject({ items: [{ districtId: 'other' }] });
    const own = await directory.call('GET', '/api/districts', { as: 'analyst', districts: ['other'] });
    expect(own.body['items']).toEqual([
      { districtId: 'other', name: 'District other', timeZone: 'America/Chicago', schoolYearFirstMonth: 8, sample: true },
    ]);
  });

  test.each([
    [{ districtId: 'Bad Id' }, 400],
    [{ timeZone: 'Mars/Olympus' }, 422],
    [{ name: '' }, 400],
    [{ colour: 'red' }, 400],
    [{ schoolYearFirstMonth: 13 }, 400],
  ])('are refused with %j', async (more, status) => {
    expect((await register('refused', more)).status).toBe(status);
  });

  test('need a principal of the right role', async () => {
    expect((await directory.call('GET', '/api/districts', { anonymous: true })).status).toBe(401);
    const body = JSON.stringify({ districtId: 'x', name: 'X', timeZone: 'UTC' });
    expect((await directory.call('POST', '/api/districts', { body, as: 'coach' })).status).toBe(403);
    expect((await directory.call('POST', '/api/districts', { body, districts: ['mnps'] })).status).toBe(403);
  });
});

describe('initiatives', () => {
  const define = (districtId: string, body: object): Promise<Answer> =>
    directory.call('POST', `/api/districts/${districtId}/initiatives`, { body: JSON.stringify(body) });

  test('get their id from their name', async () => {
    await register('with-initiatives');
    const answer = await define('with-initiatives', { name: 'Blended learning', description: 'Stations' });
    expect(answer).toMatchObject({ status: 201, body: { initiativeId: 'blended-learning' } });
    expect((await define('with-initiatives', { name: 'Blended  Learning!', description: '' })).status).toBe(409);
    const listed = await directory.call('GET', `/api/districts/with-initiatives/initiatives?min-position=${String(answer.body['position'])}`);
    expect(listed.body['items']).toEqual([
      { initiativeId: 'blended-learning', name: 'Blended learning', description: 'Stations', fidelityCut: 0.7 },
    ]);
  });

  test('belong to a district that exists and that the caller sees', async () => {
    expect((await define('nowhere', { name: 'A', description: '' })).status).toBe(404);
    expect((await directory.call('GET', '/api/districts/nowhere/initiatives')).status).toBe(404);
    expect((await directory.call('GET', '/api/districts/with-initiatives/initiatives', { districts: ['mnps'] })).status).toBe(404);
  });
});

describe('a roster import', () => {
  test('shows first, then opens the 155 schools of Nashville, and a second run changes nothing', async () => {
    await register('nashville');
    const dry = await importRoster('nashville', nashville, { query: 'mode=dry-run&effective=2024-08-01' });
    expect(dry).toMatchObject({ status: 200, body: { unchanged: 0, rejected: [], closingCandidates: [] } });
    expect(dry.body['position']).toBeUndefined();
    expect(dry.body['opened']).toHaveLength(155);
    const before = await head();

    const applied = await importRoster('nashville', nashville);
    expect(applied.body['opened']).toEqual(dry.body['opened']);
    const after = await head();
    expect(after).toBe(applied.body['position']);
    expect(after).toBe(`directory:${Number(String(before).split(':')[1]) + 156}`);

    const again = await importRoster('nashville', nashville);
    expect(again).toMatchObject({ status: 200, body: { opened: [], renamed: [], changed: [], unchanged: 155, importId: applied.body['importId'] } });
    expect(await head()).toBe(after);
  });

  test('answers the same key with the same answer, and another content under it not at all', async () => {
    await register('keys');
    const headers = { 'Idempotency-Key': 'a-key' };
    const first = await importRoster('keys', csv('1,Amqui,2024,1'), { headers });
    const later = await importRoster('keys', csv('1,Amqui Academy,2024,1'), { query: 'mode=apply&effective=2024-09-01' });
    expect(later.body['renamed']).toMatchObject([{ from: 'Amqui', to: 'Amqui Academy' }]);
    expect(await importRoster('keys', csv('1,Amqui,2024,1'), { headers })).toEqual(first);
    expect(await importRoster('keys', csv('1,Amqui,2024,2'), { headers })).toMatchObject({ status: 409 });
  });

  test('closes candidates only on their exact number', async () => {
    await register('closing');
    await importRoster('closing', csv('1,Amqui,2024,1', '2,Una,2024,2', '3,Cole,2024,3'));
    const fewer = csv('1,Amqui,2024,1', '4,New,2024,4');
    const query = 'mode=apply&effective=2025-08-01';
    expect(await importRoster('closing', fewer, { query: `${query}&confirm-closing=1` })).toMatchObject({
      status: 409,
      body: { type: '/problems/closing-count-wrong', confirmed: 1, candidates: 2 },
    });
    const without = await importRoster('closing', fewer, { query });
    expect(without).toMatchObject({ body: { closed: 0, opened: [{ name: 'New' }], closingCandidates: [{ name: 'Cole' }, { name: 'Una' }] } });
    const confirmed = await importRoster('closing', fewer, { query: `${query}&confirm-closing=2` });
    expect(confirmed).toMatchObject({ status: 200, body: { closed: 2, opened: [], unchanged: 2 } });
    const again = await importRoster('closing', fewer, { query });
    expect(again).toMatchObject({ body: { closingCandidates: [], unchanged: 2 } });
    const back = await importRoster('closing', csv('1,Amqui,2024,1', '2,Una,2024,2', '4,New,2024,4'), { query: 'mode=apply&effective=2025-09-01' });
    expect(back).toMatchObject({ body: { opened: [{ name: 'Una', reopened: true }], unchanged: 2 } });
  });

  test('takes good rows beside bad ones, and names unknown columns', async () => {
    await register('mixed');
    const file = `\ufeff${stateHeader},mascot\r\n0190,D,01,"Am\r\nqui",2024,1,owl\n0190,D,02,Una,2024,x,\r\n0190,D,01,Cole,2024,3,`;
    expect(await importRoster('mixed', file)).toMatchObject({
      status: 200,
      body: {
        opened: [{ line: 2, name: 'Am qui', externalIds: [{ scheme: 'state', value: '01' }] }],
        rejected: [
          { line: 4, column: 'enrollment', reason: '"x" is not a whole number.' },
          { line: 5, column: 'school_id', reason: 'The same id stands in line 2; that row counts.' },
        ],
        unknownColumns: ['mascot'],
      },
    });
  });

  const refusals: readonly (readonly [string, string | Uint8Array, string, number])[] = [
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x41]), 'mode=apply&effective=2024-08-01', 400],
    ['missing columns', 'school_id\n1', 'mode=apply&effective=2024-08-01', 400],
    ['nothing', '', 'mode=apply&effective=2024-08-01', 400],
    ['31 February', csv('1,A,2024,1'), 'mode=apply&effective=2024-02-31', 400],
    ['a day that has not come', csv('1,A,2024,1'), 'mode=apply&effective=2200-01-01', 422],
    ['no mode', csv('1,A,2024,1'), 'effective=2024-08-01', 400],
    ['an unknown parameter', csv('1,A,2024,1'), 'mode=apply&effective=2024-08-01&force=1', 400],
    ['more than 10 MiB', Buffer.alloc(10_485_761, 'a'), 'mode=apply&effective=2024-08-01', 413],
  ];
  test.each(refusals)('refuses %s, and changes nothing', async (_name, body, query, status) => {
    const before = await head();
    const answer = await importRoster('mixed', body, { query });
    expect(answer.status).toBe(status);
    expect(answer.body['type']).toMatch(/^\/problems\//);
    expect(await head()).toBe(before);
  });

  test('refuses another kind of content, another district, another role', async () => {
    const path = '/api/districts/mixed/roster-imports?mode=apply&effective=2024-08-01';
    expect((await directory.call('POST', path, { body: '{}' })).status).toBe(415);
    expect((await importRoster('nowhere', csv('1,A,2024,1'))).status).toBe(404);
    expect((await directory.call('POST', path, { body: csv('1,A,2024,1'), type: 'text/csv', as: 'analyst' })).status).toBe(403);
    expect((await directory.call('POST', path, { body: csv('1,A,2024,1'), type: 'text/csv', districts: ['keys'] })).status).toBe(404);
  });

  test('of 2,000 rows takes less than 5 s of the processor', async () => {
    await register('large');
    // Not by the clock: what others do on this machine makes no difference.
    const before = process.cpuUsage();
    const answer = await importRoster('large', csv(...largeRows('School')));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(5_000);
    expect(answer.body['opened']).toHaveLength(2_000);
  });

  test('and another at the same time are one after the other', async () => {
    const both = await Promise.all(
      ['Academy', 'College'].map((name) => importRoster('large', csv(...largeRows(name)), { query: 'mode=apply&effective=2024-08-02' })),
    );
    expect(both.map(({ status, body }) => [status, (body['renamed'] as unknown[]).length])).toEqual([[200, 2_000], [200, 2_000]]);
  });
});

describe('the read model', () => {
  const status = async (): Promise<Record<string, unknown>> => {
    const { body } = await directory.call('GET', '/api/services/directory/read-models');
    return (body['items'] as readonly Record<string, unknown>[])[0] ?? {};
  };
  const serves = (generation: number): Promise<unknown> =>
    eventually(`generation ${generation} is read`, async () => {
      const { generation: read, building } = await status();
      return read === generation && building === undefined;
    });

  test('answers every list while another generation of it is built', async () => {
    const listed = await directory.call('GET', '/api/districts');
    const owner = await new DataSource({ type: 'postgres', url: directory.databaseUrl }).initialize();
    const held = owner.createQueryRunner();
    await held.startTransaction();
    await held.query('SELECT 1 FROM directory.projection_checkpoint FOR UPDATE');
    try {
      expect((await directory.call('POST', '/api/services/directory/read-models/directory/rebuild')).status).toBe(202);
      expect((await directory.call('POST', '/api/services/directory/read-models/directory/rebuild')).status).toBe(409);
      expect(await status()).toMatchObject({ generation: 1, canGoBack: false, building: { kind: 'rebuild', generation: 2 } });
      expect(await directory.call('GET', '/api/districts')).toEqual(listed);
      expect((await directory.call('GET', '/api/districts/nashville/initiatives')).status).toBe(200);
    } finally {
      await held.rollbackTransaction();
      await held.release();
      await owner.destroy();
    }
    await serves(2);
    expect(await directory.call('GET', '/api/districts')).toEqual(listed);
  });

  test('is the same after it was derived anew, and after going back', async () => {
    const listed = await directory.call('GET', '/api/districts');
    await directory.restart();
    expect((await directory.call('POST', '/api/services/directory/read-models/directory/rebuild')).status).toBe(202);
    await serves(3);
    const again = await directory.call('GET', `/api/districts?min-position=${String(await head())}`);
    expect(again).toEqual(listed);
    const nothing = await importRoster('nashville', nashville);
    expect(nothing).toMatchObject({ body: { unchanged: 155, opened: [] } });
    expect((await directory.call('POST', '/api/services/directory/read-models/directory/go-back')).status).toBe(200);
    await serves(2);
    expect(await status()).toMatchObject({ canGoBack: true, lastRebuild: { kind: 'go-back', rowsDiffer: 0 } });
    expect(await directory.call('GET', '/api/districts')).toEqual(listed);
  });
});
