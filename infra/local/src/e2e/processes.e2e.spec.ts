import { generateKeyPairSync } from 'node:crypto';

import { LocalTokenIssuer } from '@cairn/admin';
import { TcpProxy, testDatabase } from '@cairn/embedded-postgres/testing';
import { provisionDatabase } from '@cairn/service-kit';
import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import request from 'supertest';

import { storedServices } from '../platform/start-platform.js';
import { untilReady } from '../platform/until-ready.js';
import { samplePeople } from '../sample/index.js';
import { CairnProcess } from './cairn-process.js';
import { schoolsCsv } from './platform-under-test.js';

const keys = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

// Nothing may work only because services share memory: the main job again, with a process for each service.
describe('each service in a process of its own', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let door: string;
  let token: string;
  const processes: CairnProcess[] = [];

  const started = async (name: string, environment: Readonly<Record<string, string>>): Promise<string> => {
    const service = CairnProcess.service(name, { ...environment, PORT: '0', LOG_LEVEL: 'silent', CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey });
    processes.push(service);
    const [, url] = await service.says(/answers at (http:\S+)/);
    return url ?? '';
  };

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, storedServices);
    const urls = await Promise.all(storedServices.map((name) => started(name, { DATABASE_URL: database.url })));
    const upstreams = storedServices.map((name, index) => `${name}=${urls[index]}`).join(',');
    door = await started('admin', { CAIRN_UPSTREAMS: upstreams });
    await untilReady([door], { timeout_ms: 100_000 });
    const issuer = await LocalTokenIssuer.open(keys.privateKey);
    const [operator] = samplePeople;
    if (!operator) throw new Error('The sample has an operator');
    token = await issuer.issue(operator, '1h');
  }, 240_000);
  afterAll(async () => {
    for (const running of processes) expect((await running.end('SIGTERM')).code).toBe(0);
    await database.drop();
  }, 60_000);

  test('a school is imported, written to at once, and read back at any date', async () => {
    const ask = (method: 'get' | 'post', path: string) => request(door)[method](path).set('Authorization', `Bearer ${token}`);
    await ask('post', '/api/districts').send({ districtId: 'apart', name: 'Apart', timeZone: 'America/Chicago' }).expect(201);
    await ask('post', '/api/districts/apart/initiatives').send({ name: 'Computer science', description: 'For everyone' }).expect(201);
    const imported = await ask('post', '/api/districts/apart/roster-imports?mode=apply&effective=2025-01-01')
      .set('Content-Type', 'text/csv')
      .send(schoolsCsv)
      .expect(200);
    const [school] = (imported.body as { opened: { schoolId: string }[] }).opened;
    const path = `/api/districts/apart/schools/${school?.schoolId}/adoptions/computer-science`;
    const { body } = await ask('post', `${path}/start`).send({ occurredAt: '2025-03-03' }).expect(200);
    const { position } = body as { position: string };
    const at = async (day: string) =>
      (await ask('get', `/api/districts/apart/adoption?initiative=computer-science&effective=${day}&min-position=${position}`).expect(200)).body as object;
    expect(await at('2025-03-03')).toMatchObject({ totals: { exploration: 1, 'not-started': 2 } });
    expect(await at('2025-03-02')).toMatchObject({ totals: { exploration: 0, 'not-started': 3 } });
  });

  test('one whose database is frozen ends soon after it was told to, and says why', async () => {
    const proxy = await TcpProxy.before(database.url);
    try {
      const service = CairnProcess.service('reporting', { DATABASE_URL: proxy.url, PORT: '0', LOG_LEVEL: 'silent', CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey });
      const [, url] = await service.says(/answers at (http:\S+)/);
      await untilReady([url ?? ''], { timeout_ms: 100_000 });
      proxy.freeze();
      const { code, output } = await service.end('SIGTERM');
      expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('reporting ends although an engine has not answered for 10 s') });
    } finally {
      await proxy.goDown();
    }
  });

  test('one that waits for another copy at its start ends soon after it was told to', async () => {
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    try {
      await owner.query(`SELECT pg_advisory_lock(hashtextextended('cairn migrations of reporting', 0))`);
      const service = CairnProcess.service('reporting', { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'silent', CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey });
      await service.says(/answers at (http:\S+)/);
      await eventually('it waits', async () => ((await owner.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rowCount ?? 0) > 0);
      const { code, output } = await service.end('SIGTERM');
      expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('reporting ends although an engine has not answered for 10 s') });
    } finally {
      await owner.end();
    }
  });

  test('nothing starts without an issuer to believe', async () => {
    const lost = await CairnProcess.service('reporting', { CAIRN_LOCAL_PUBLIC_KEY: '', DATABASE_URL: database.url }).finished();
    expect(lost).toMatchObject({ code: 2, output: expect.stringContaining('OpenID Connect issuer') });
    const door = await CairnProcess.service('admin', { CAIRN_UPSTREAMS: 'directory=http://127.0.0.1:9', CAIRN_LOCAL_PUBLIC_KEY: '' }).finished();
    expect(door).toMatchObject({ code: 2, output: expect.stringContaining('OpenID Connect issuer') });
  });

  test('what is missing in the environment is named', async () => {
    const lost = await CairnProcess.service('directory', { CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey }).finished();
    expect(lost).toMatchObject({ code: 2, output: expect.stringContaining('DATABASE_URL: It is not set') });
  });
});
