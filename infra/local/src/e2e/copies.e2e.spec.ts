import { generateKeyPairSync } from 'node:crypto';

import { LocalTokenIssuer } from '@cairn/admin';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { provisionDatabase } from '@cairn/service-kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { storedServices } from '../platform/start-platform.js';
import { untilReady } from '../platform/until-ready.js';
import { samplePeople } from '../sample/index.js';
import { CairnProcess } from './cairn-process.js';

const keys = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

interface Copy {
  readonly process: CairnProcess;
  readonly url: string;
}

const schoolsMax = 60;

/** A roster of made-up schools. */
const roster = ['district_id,district_name,school_id,school_name,school_year_end,enrollment']
  .concat(Array.from({ length: schoolsMax }, (_, n) => `0190,Copies,${String(n + 1).padStart(8, '0')},School ${n + 1},2024,${400 + n}`))
  .join('\n');

// Several copies of a service share its work over one database; one that dies leaves nothing undone and nothing done twice.
describe('two copies of each service, of which one is killed', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let token: string;
  let directory: Copy;
  const copies: Record<'scaling-plan' | 'reporting', Copy[]> = { 'scaling-plan': [], reporting: [] };
  const running = new Set<CairnProcess>();

  const start = async (name: string): Promise<Copy> => {
    const environment = { PORT: '0', LOG_LEVEL: 'silent', CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey, DATABASE_URL: database.url };
    const process = CairnProcess.service(name, environment);
    running.add(process);
    const [, url] = await process.says(/answers at (http:\S+)/);
    return { process, url: url ?? '' };
  };
  const kill9 = async ({ process }: Copy): Promise<void> => {
    await process.end('SIGKILL');
    running.delete(process);
  };

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, storedServices);
    const [operator] = samplePeople;
    token = await (await LocalTokenIssuer.open(keys.privateKey)).issue(operator, '1h');
    // All at once, as an orchestrator starts them: they meet at their migrations, too.
    const [one, ...others] = await Promise.all(['directory', 'scaling-plan', 'scaling-plan', 'reporting', 'reporting'].map(start));
    if (!one) throw new Error('The directory did not start');
    directory = one;
    copies['scaling-plan'] = others.slice(0, 2);
    copies.reporting = others.slice(2);
    await untilReady([directory, ...others].map(({ url }) => url), { timeout_ms: 60_000 });
  }, 180_000);
  afterAll(async () => {
    for (const process of running) expect((await process.end('SIGTERM')).code).toBe(0);
    await database.drop();
  }, 60_000);

  const ask = async (url: string, method: string, body?: object | string, more: Readonly<Record<string, string>> = {}) => {
    const type = typeof body === 'string' ? 'text/csv' : 'application/json';
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type, ...more },
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  /** Sends a command to one copy after the other until one has recorded it, as a client with a key does. */
  const record = async (n: number, schoolId: string, after: string): Promise<bigint> => {
    const path = `/api/districts/copies/schools/${schoolId}/adoptions/reading/start?min-position=${after}`;
    for (let attempt = n; ; attempt += 1) {
      const { url } = copies['scaling-plan'][attempt % copies['scaling-plan'].length] as Copy;
      const told = await ask(`${url}${path}`, 'POST', { occurredAt: '2025-03-03' }, { 'Idempotency-Key': `start-${schoolId}` }).catch(() => undefined);
      if (told?.status === 200) return BigInt(String(told.body['position']).split(':')[1] ?? '0');
      if (told && told.status !== 503) throw new Error(`${told.status}: ${JSON.stringify(told.body)}`);
    }
  };

  test('nothing is lost, nothing is doubled', async () => {
    await ask(`${directory.url}/api/districts`, 'POST', { districtId: 'copies', name: 'Copies', timeZone: 'America/Chicago' });
    await ask(`${directory.url}/api/districts/copies/initiatives`, 'POST', { name: 'Reading', description: 'For everyone' });
    const imported = await ask(`${directory.url}/api/districts/copies/roster-imports?mode=apply&effective=2025-01-01`, 'POST', roster);
    expect(imported.status).toBe(200);
    const schools = (imported.body['opened'] as { schoolId: string }[]).map(({ schoolId }) => schoolId);
    expect(schools).toHaveLength(schoolsMax);
    const after = String((await ask(`${directory.url}/api/services/directory/position`, 'GET')).body['position']);

    const started = schools.map((schoolId, n) => record(n, schoolId, after));
    await Promise.race(started);
    for (const name of ['scaling-plan', 'reporting'] as const) await kill9(copies[name].shift() as Copy);
    const positions = await Promise.all(started);
    const last = positions.reduce((furthest, position) => (position > furthest ? position : furthest));

    const [survivor] = copies.reporting;
    const path = `/api/districts/copies/adoption?initiative=reading&effective=2025-03-03`;
    await untilReady([survivor?.url ?? ''], { timeout_ms: 60_000 });
    let seen = await ask(`${survivor?.url}${path}&min-position=scaling-plan:${last}`, 'GET');
    for (let again = 0; seen.status === 503 && again < 6; again += 1) seen = await ask(`${survivor?.url}${path}&min-position=scaling-plan:${last}`, 'GET');
    expect(seen.body).toMatchObject({ totals: { exploration: schoolsMax, 'not-started': 0 } });

    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    const { rows } = await owner.query(
      `SELECT (SELECT count(*)::int FROM scaling_plan_store.es_event) AS recorded,
         (SELECT count(*)::int FROM reporting.received_event WHERE scope = 'scaling-plan') AS received,
         (SELECT count(DISTINCT stream)::int FROM reporting.received_event WHERE scope = 'scaling-plan') AS streams,
         (SELECT count(*)::int FROM reporting.parked_message) AS parked`,
    );
    await owner.end();
    expect(rows[0]).toEqual({ recorded: schoolsMax, received: schoolsMax, streams: schoolsMax, parked: 0 });
  }, 240_000);
});
