import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';

import { startAdmin } from '../admin.service.js';

const served = async (handle: RequestListener): Promise<{ url: string; server: Server }> => {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

describe('the door while services are away', () => {
  const { identity, tokenOf } = testIdentity();
  const servers: Server[] = [];
  const asked: (string | undefined)[] = [];
  let door: RunningService;
  let webRoot: string;

  const open = async (handle: RequestListener): Promise<string> => {
    const { server, url } = await served(handle);
    servers.push(server);
    return url;
  };

  beforeAll(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'cairn-door-'));
    await writeFile(join(webRoot, 'index.html'), '<html></html>');
    const well = await open(({ url, headers }, response) => {
      response.setHeader('Content-Type', 'application/json');
      if (url === '/openapi.json') return void response.end(JSON.stringify({ openapi: '3.1.0', paths: { '/api/districts': { get: {} } } }));
      asked.push(headers.authorization);
      response.end(JSON.stringify({ service: 'directory', ready: true, engines: [], readModels: [] }));
    });
    const starting = await open((_request, response) => {
      response.writeHead(503, { 'Content-Type': 'application/problem+json' });
      response.end(JSON.stringify({ status: 503, detail: 'PostgreSQL at db:5432/cairn does not take connections.' }));
    });
    const gone = await served(() => undefined);
    await new Promise((resolve) => gone.server.close(resolve));
    const frozen = await open(() => undefined);
    door = await startAdmin({
      host: '127.0.0.1',
      port: 0,
      identity,
      logLevel: 'silent',
      upstreams: [
        { name: 'directory', url: well },
        { name: 'scaling-plan', url: starting },
        { name: 'reporting', url: gone.url },
        { name: 'coaching', url: frozen },
      ],
      webRoot,
    });
  }, 20_000);
  afterAll(async () => {
    await door.close();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await rm(webRoot, { recursive: true });
  });

  const get = (path: string, token = tokenOf('operator', '*')) => request(door.url).get(path).set('Authorization', `Bearer ${token}`);

  test('shows each service, with why one does not answer', async () => {
    const { body } = await get('/api/operations').expect(200);
    const away = (service: string, reason: string) => ({ service, ready: false, failures: [{ name: 'service', reason }] });
    expect(body).toEqual({
      services: [
        { service: 'directory', ready: true, engines: [], readModels: [] },
        away('scaling-plan', 'PostgreSQL at db:5432/cairn does not take connections.'),
        away('reporting', 'does not answer'),
        away('coaching', 'does not answer'),
      ],
      checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(asked).toEqual([expect.stringMatching(/^Bearer /)]);
  });

  test('is for operators of all districts alone', async () => {
    await get('/api/operations', tokenOf('coach', '*')).expect(403);
    await get('/api/operations', tokenOf('operator', ['mnps'])).expect(403);
    await request(door.url).get('/api/operations').expect(401);
  });

  test('says of a path that may be of a service that is away that it is not known yet; others go on', async () => {
    const answer = await get('/api/districts/mnps/adoption').expect(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect((answer.body as { detail: string }).detail).toContain('scaling-plan, reporting, coaching');
    await get('/api/districts').expect(200);
    await get('/api/session').expect(200);
    await request(door.url).get('/api/health/live').expect(200);
    expect((await request(door.url).get('/api/health/ready')).status).toBe(503);
  }, 20_000);
});
