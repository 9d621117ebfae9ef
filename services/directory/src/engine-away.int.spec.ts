import { TcpProxy, testDatabase } from '@cairn/embedded-postgres/testing';
import { eventually } from '@cairn/event-bus/testing';
import { provisionDatabase } from '@cairn/service-kit';
import type { RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startDirectory } from './directory.service.js';

interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
  readonly took_ms: number;
}

// Fault row 10 as whoever asks meets it: PostgreSQL goes away while the service runs, and comes back.
describe('a service whose PostgreSQL goes away', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let proxy: TcpProxy;
  let service: RunningService;
  let password: string;
  const { identity, tokenOf } = testIdentity();
  let made = 0;

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['directory']);
    proxy = await TcpProxy.before(database.url);
    password = new URL(proxy.url).password;
    service = await startDirectory({ databaseUrl: proxy.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity });
  });
  afterAll(async () => {
    await service.close();
    await proxy.goDown();
    await database.drop();
  }, 60_000);

  const ask = async (method: string, path: string, body?: object): Promise<Told> => {
    const began_ms = performance.now();
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokenOf('operator', '*')}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told = (await answer.json()) as Told['body'];
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: told, took_ms: performance.now() - began_ms };
  };
  const command = (): Promise<Told> => {
    made += 1;
    return ask('POST', '/api/districts', { districtId: `away-${made}`, name: 'Away', timeZone: 'America/Chicago' });
  };
  const expectWellAgain = async (): Promise<void> => {
    await eventually('it is ready', async () => (await ask('GET', '/api/health/ready')).status === 200, 40_000);
    const recorded = await eventually('a command is recorded', async () => {
      const told = await command();
      return told.status === 201 ? told : undefined;
    }, 40_000);
    const listed = await ask('GET', `/api/districts?min-position=${String(recorded?.body['position'])}`);
    expect(listed.status).toBe(200);
    expect((listed.body['items'] as { districtId: string }[]).map(({ districtId }) => districtId)).toContain(`away-${made}`);
  };
  const expectAway = (told: Told, within_ms: number): void => {
    expect(told).toMatchObject({ status: 503, retryAfter: expect.any(String), body: { type: '/problems/unavailable' } });
    expect(told.took_ms).toBeLessThan(within_ms);
    expect(JSON.stringify(told.body)).not.toContain(password);
  };

  test('refuses at once and says so while it is down, lives, and goes on by itself', async () => {
    await proxy.goDown();
    expectAway(await command(), 6_000);
    expectAway(await ask('GET', '/api/districts/away-1/initiatives'), 6_000);
    expect((await ask('GET', '/api/health/live')).status).toBe(200);
    const ready = await ask('GET', '/api/health/ready');
    expect(ready).toMatchObject({ status: 503, retryAfter: '1' });
    expect(ready.body['failures']).toContainEqual({
      name: 'event-store',
      reason: expect.stringContaining(`PostgreSQL at ${new URL(proxy.url).host}`),
    });
    const operations = await ask('GET', '/api/services/directory/operations');
    expect(operations.status).toBe(200);
    expect(operations.body).toMatchObject({ ready: false, engines: [{ state: 'down' }, { state: 'down' }, { state: 'down', detail: expect.any(String) }] });
    expect(JSON.stringify(operations.body)).not.toContain(password);
    await proxy.comeUp();
    await expectWellAgain();
  }, 90_000);

  test('holds nobody up while it is frozen, and goes on by itself', async () => {
    proxy.freeze();
    const [commanded, read] = await Promise.all([command(), ask('GET', '/api/districts')]);
    expectAway(commanded, 20_000);
    expectAway(read, 20_000);
    const [operations, ready] = await Promise.all([ask('GET', '/api/services/directory/operations'), ask('GET', '/api/health/ready')]);
    expect(operations).toMatchObject({ status: 200, body: { ready: false, readModels: [] } });
    const address = `PostgreSQL at ${new URL(proxy.url).host}`;
    expect(operations.body['engines']).toEqual(Array(3).fill(expect.objectContaining({ state: 'down', detail: expect.stringContaining(address) })));
    expect(ready).toMatchObject({ status: 503, body: { failures: expect.arrayContaining([{ name: 'event-store', reason: expect.stringContaining(address) }]) } });
    // The door, and whoever looks at its health, asks for so long: later, nobody would hear which engine it is.
    expect(operations.took_ms).toBeLessThan(5_000);
    expect(ready.took_ms).toBeLessThan(3_000);
    proxy.thaw();
    await expectWellAgain();
  }, 120_000);

  test('goes on by itself after all its connections were cut', async () => {
    proxy.cut();
    await expectWellAgain();
    const { body } = await ask('GET', '/api/services/directory/operations');
    expect(body).toMatchObject({
      service: 'directory',
      ready: true,
      failures: [],
      warnings: [],
      engines: [
        { role: 'event-store', kind: 'postgresql', state: 'up', answered_ms: expect.any(Number) },
        { role: 'bus', kind: 'postgresql', state: 'up' },
        { role: 'database', kind: 'postgresql', state: 'up' },
      ],
      relay: { topic: 'cairn.directory.v1', head: expect.any(String) },
      readModels: [{ name: 'directory', lagEvents: expect.any(Number), generation: 1, canGoBack: false }],
    });
  }, 90_000);
});
