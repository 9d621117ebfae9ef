import { TcpProxy, testDatabase } from '@cairn/embedded-postgres/testing';
import { eventually } from '@cairn/event-bus/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { provisionDatabase } from '../data/provision.js';
import { NothingToWaitFor } from '../testing/nothing-to-wait-for.js';
import { testIdentity } from '../testing/test-identity.js';
import type { ServiceConfig } from './config.js';
import { EngineTroubleError } from './engine-trouble.js';
import type { RunningService, ServiceParts } from './serve.js';
import type { StartOptions } from './start-service.js';
import { startService } from './start-service.js';

interface Told {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly text: string;
}

describe('a service whose engines are not there yet', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let proxy: TcpProxy;
  const { identity } = testIdentity();
  const parts: ServiceParts = { title: 'Test', controllers: [], providers: [], waiter: new NothingToWaitFor(), background: [] };

  beforeEach(async () => {
    database = await testDatabase();
    proxy = await TcpProxy.before(database.url);
  });
  afterEach(async () => {
    await proxy.goDown();
    await database.drop();
  });

  const configOf = (more: Partial<ServiceConfig>): ServiceConfig =>
    ({ databaseUrl: proxy.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity, ...more });
  const definition = { name: 'directory', data: { migrations: [] }, assemble: () => parts };

  /** A start that waits for its engines; it answers at `url` from the first moment. */
  const begin = async (config: ServiceConfig, more: Partial<StartOptions> = {}): Promise<{ url: string; opened: Promise<RunningService> }> => {
    let opened: Promise<RunningService> | undefined;
    const url = await new Promise<string>((resolve, reject) => {
      opened = startService(definition, config, { waitForEngines: true, onListening: resolve, ...more });
      opened.catch(reject);
    });
    return { url, opened: opened ?? Promise.reject(new Error('It was not started')) };
  };
  const get = async (url: string): Promise<Told> => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    const { status, headers } = answer;
    return { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), text: await answer.text() };
  };
  const untilTold = (url: string, words: string): Promise<string | undefined> =>
    eventually(`it says: ${words}`, async () => {
      const { status, text } = await get(`${url}/api/health/ready`);
      return status === 503 && text.includes(words) ? text : undefined;
    });
  const expectOpenAndClose = async (url: string, opened: Promise<RunningService>): Promise<void> => {
    const running = await opened;
    expect(running.url).toBe(url);
    expect(JSON.parse((await get(`${url}/api/health/ready`)).text)).toEqual({ status: 'ready' });
    await running.close();
    await expect(fetch(url)).rejects.toThrow();
  };

  test('lives, is not ready and says why, refuses all else for now, and opens by itself', async () => {
    await provisionDatabase(database.url, ['directory']);
    const { password } = new URL(proxy.url);
    await proxy.goDown();
    const { url, opened } = await begin(configOf({}));
    expect(await get(`${url}/api/health/live`)).toMatchObject({ status: 200, text: '{"status":"live"}' });
    const said = await untilTold(url, 'does not take connections. Check that it runs there, and the host and port in DATABASE_URL.');
    expect(said).toContain(new URL(proxy.url).host);
    expect(password).not.toBe('');
    expect(said).not.toContain(password);
    for (const path of ['/api/districts', '/openapi.json', '/']) {
      const told = await get(`${url}${path}`);
      expect(told).toMatchObject({ status: 503, type: 'application/problem+json', retryAfter: '1' });
      expect(JSON.parse(told.text)).toMatchObject({ status: 503, type: '/problems/unavailable', instance: path });
      expect(told.text).not.toContain(password);
    }
    await proxy.comeUp();
    await expectOpenAndClose(url, opened);
  });

  test('says that a frozen server does not answer in time, and opens when it does', async () => {
    await provisionDatabase(database.url, ['directory']);
    proxy.freeze();
    const { url, opened } = await begin(configOf({}));
    await untilTold(url, 'does not answer in time.');
    proxy.thaw();
    await expectOpenAndClose(url, opened);
  });

  test('says that a database is missing, and opens when it was made', async () => {
    const name = `late_${process.pid}_${Date.now()}`;
    const late = Object.assign(new URL(database.url), { pathname: `/${name}` }).toString();
    const { url, opened } = await begin(configOf({ databaseUrl: late, prepareDatabase: true }));
    await untilTold(url, 'has no such database.');
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(`CREATE DATABASE ${name}`);
    await expectOpenAndClose(url, opened);
    await owner.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await owner.end();
  });

  test('says that a database is not prepared for it, and opens when it is', async () => {
    const { url, opened } = await begin(configOf({}));
    await untilTold(url, 'is not prepared for this service');
    await provisionDatabase(database.url, ['directory']);
    await expectOpenAndClose(url, opened);
  });

  test('says that a password is wrong, without saying which', async () => {
    const wrong = Object.assign(new URL(proxy.url), { password: 's3cret' }).toString();
    const stopping = new AbortController();
    const { url, opened } = await begin(configOf({ databaseUrl: wrong }), { signal: stopping.signal });
    const said = await untilTold(url, 'refuses the user or the password. Check both in DATABASE_URL');
    expect(said).not.toContain('s3cret');
    stopping.abort(new Error('told to stop'));
    await expect(opened).rejects.toThrow('told to stop');
  });

  test('gives up when it is told to stop', async () => {
    await proxy.goDown();
    const stopping = new AbortController();
    const { url, opened } = await begin(configOf({}), { signal: stopping.signal });
    await untilTold(url, 'does not take connections');
    stopping.abort(new Error('told to stop'));
    await expect(opened).rejects.toThrow('told to stop');
    await expect(fetch(url)).rejects.toThrow();
    await proxy.comeUp();
  });

  test('fails at once, in a sentence, when nobody asked it to wait', async () => {
    await proxy.goDown();
    await expect(startService(definition, configOf({}))).rejects.toThrow(EngineTroubleError);
    await proxy.comeUp();
  });

  test('does not wait for what waiting cannot mend', async () => {
    await provisionDatabase(database.url, ['directory']);
    const broken = { ...definition, assemble: () => { throw new Error('put together wrongly'); } };
    await expect(startService(broken, configOf({}), { waitForEngines: true })).rejects.toThrow('put together wrongly');
  });
});
