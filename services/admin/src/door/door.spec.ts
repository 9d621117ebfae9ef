import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import request from 'supertest';

import { startAdmin } from '../admin.service.js';
import { Upstreams } from './upstreams.js';
import { isOfApi, requireLoopbackName } from './web-ui.js';

/** A service that answers with what it was told, and says which paths are its own. */
class Echo {
  paths: string[] = ['/api/districts', '/api/districts/{districtId}/schools'];
  asked = 0;
  connections = 0;
  readonly handle: RequestListener = (incoming, response) => {
    response.setHeader('Content-Type', 'application/json');
    if (incoming.url === '/openapi.json') {
      this.asked += 1;
      const paths = Object.fromEntries(this.paths.map((path) => [path, { get: {} }]));
      response.end(JSON.stringify({ openapi: '3.1.0', paths, components: { schemas: { Echo: {} } } }));
    } else {
      if (incoming.method === 'POST') response.setHeader('cairn-position', 'directory:7');
      response.end(JSON.stringify(incoming.headers));
    }
  };
  private readonly server: Server = createServer(this.handle);

  async start(): Promise<string> {
    this.server.on('connection', () => (this.connections += 1));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

describe.each([
  ['over the network', false],
  ['of its own process', true],
])('the door before a service %s', (_where, within) => {
  const echo = new Echo();
  let door: RunningService;
  let url: string;
  let webRoot: string;

  beforeAll(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'cairn-door-'));
    await writeFile(join(webRoot, 'index.html'), '<html></html>');
    url = await echo.start();
    door = await startAdmin({
      host: '127.0.0.1',
      port: 0,
      identity: testIdentity().identity,
      logLevel: 'silent',
      upstreams: [within ? { name: 'echo', url, handle: echo.handle } : { name: 'echo', url }],
      webRoot,
    });
  });
  afterAll(async () => {
    await door.close();
    await echo.stop();
    await rm(webRoot, { recursive: true });
  });

  const told = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingHttpHeaders> =>
    (await request(door.url).get(path).set(headers).expect(200)).body as IncomingHttpHeaders;

  test('needs no new connection to the service for the next request', async () => {
    if (!within) await told('/api/districts');
    const before = echo.connections;
    for (let asked = 0; asked < 5; asked += 1) await told('/api/districts');
    expect(echo.connections).toBe(before);
  });

  test('lets no clock, no position and no cookie of a caller past', async () => {
    const headers = await told('/api/districts', {
      'cairn-simulated-now': '2020-01-01T00:00:00.000Z',
      'cairn-seen-position': 'directory:999999',
      cookie: 'cairn_session=abc; other=1',
    });
    expect(headers).toMatchObject({ authorization: 'Bearer abc' });
    for (const name of ['cairn-simulated-now', 'cairn-seen-position', 'cookie']) expect(headers).not.toHaveProperty(name);
  });

  test('tells the correlation id that its own log has, whether or not the caller brings one', async () => {
    const answer = await request(door.url).get('/api/districts').expect(200);
    expect(answer.headers['x-correlation-id']).toMatch(/^[\da-f-]{36}$/);
    expect(answer.body).toMatchObject({ 'x-correlation-id': answer.headers['x-correlation-id'] });
    expect(await told('/api/districts', { 'x-correlation-id': 'import-7' })).toMatchObject({ 'x-correlation-id': 'import-7' });
    expect((await told('/api/districts', { 'x-correlation-id': 'two words' }))['x-correlation-id']).toMatch(/^[\da-f-]{36}$/);
  });

  test('says what was acknowledged in a district, however its id is written', async () => {
    await request(door.url).post('/api/districts/m%6Eps/schools').expect(200);
    expect(await told('/api/districts/mnps/schools')).toMatchObject({ 'cairn-seen-position': 'directory:7' });
    expect(await told('/api/districts/other/schools')).not.toHaveProperty('cairn-seen-position');
  });

  test.each(['/API/districts', '/Api', '/api/nothing', '/%61pi/districts', '/api/nothing.js'])('%s is no page', async (path) => {
    const answer = await request(door.url).get(path);
    expect([answer.status, answer.headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
  });

  test('finds the new route of a service, and asks for it at most once in 10 s', async () => {
    let now = 0;
    const upstreams = new Upstreams([{ name: 'echo', url }], () => now);
    await upstreams.learn();
    echo.paths = [...echo.paths, '/api/districts/{districtId}/visits'];
    expect(upstreams.find('/api/districts/mnps/visits')).toBeUndefined();
    const before = echo.asked;
    expect((await upstreams.findAnew('/api/districts/mnps/visits'))?.name).toBe('echo');
    expect(await upstreams.findAnew('/api/nothing')).toBeUndefined();
    expect(echo.asked - before).toBe(1);
    now = 10_000;
    await upstreams.findAnew('/api/nothing');
    expect(echo.asked - before).toBe(2);
    const merged = upstreams.merged({ openapi: '3.1.0', paths: { '/api/session': { get: {} } } });
    expect(merged).toMatchObject({ paths: { '/api/session': {}, '/api/districts': {} }, components: { schemas: { Echo: {} } } });
  });

  test('offers on its own paths what it offers, and says so', async () => {
    const answer = await request(door.url).put('/api/session').expect(405);
    expect(answer.headers['allow']).toBe('GET, POST, DELETE, HEAD');
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

describe('the address of the door', () => {
  test('of the API is known in any writing', () => {
    expect(['/api', '/API/x', '//api/x', '/%41pi/x', '/api/%'].map(isOfApi)).toEqual([true, true, true, true, true]);
    expect(['/', '/apiary', '/map/api'].map(isOfApi)).toEqual([false, false, false]);
  });

  test.each([
    ['127.0.0.1:3000', true],
    ['localhost', true],
    ['[::1]:3000', true],
    ['cairn.example', false],
    ['127.0.0.1.example:3000', false],
    [undefined, false],
  ])('a machine of its own answers to %s: %s', (host, answered) => {
    let passed = false;
    let status = 200;
    const response = { status: (given: number) => Object.assign(response, { given: (status = given) }), type: () => response, send: () => response };
    requireLoopbackName({ headers: { host } } as never, response as never, () => (passed = true));
    expect([passed, status]).toEqual([answered, answered ? 200 : 421]);
  });
});
