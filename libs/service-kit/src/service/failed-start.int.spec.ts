import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { eventually } from '@cairn/event-bus/testing';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { provisionDatabase } from '../data/provision.js';
import { NothingToWaitFor } from '../testing/nothing-to-wait-for.js';
import { testIdentity } from '../testing/test-identity.js';
import type { ServiceConfig } from './config.js';
import { startService } from './start-service.js';
import type { ServiceParts } from './serve.js';

describe('a service that cannot start', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let watcher: pg.Client;
  const { identity } = testIdentity();
  const stopped: string[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['directory']);
    watcher = new pg.Client({ connectionString: database.url });
    await watcher.connect();
  });
  afterAll(async () => {
    await watcher.end();
    await database.drop();
  });

  const configOf = (more: Partial<ServiceConfig>): ServiceConfig =>
    ({ databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity, ...more });

  const backgroundOf = (name: string, start: () => Promise<void> = () => Promise.resolve()) =>
    ({ start, stop: () => Promise.resolve(void stopped.push(name)) });

  const connectionsLeft = async (): Promise<number> => {
    const left = await watcher.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    return left.rowCount ?? 0;
  };
  const expectAllClosed = () => eventually('no connection is left', async () => (await connectionsLeft()) === 0, 5_000);

  const parts: ServiceParts = { title: 'Test', controllers: [], providers: [], waiter: new NothingToWaitFor(), background: [] };

  const start = (config: ServiceConfig, more: Partial<ServiceParts> = {}, migrations: readonly (new () => object)[] = []) =>
    startService({ name: 'directory', data: { migrations }, assemble: () => ({ ...parts, ...more }) }, config);

  test('closes what it opened when the key is none', async () => {
    const bad: ServiceConfig = configOf({ identity: { mode: 'local', issuer: 'x', publicKeyPem: 'no PEM' } });
    await expect(start(bad)).rejects.toThrow();
    await expectAllClosed();
  });

  test('closes what it opened when a migration fails', async () => {
    class Broken1700000000000 {
      up(): Promise<void> {
        return Promise.reject(new Error('a broken migration'));
      }
      down(): Promise<void> {
        return Promise.resolve();
      }
    }
    await expect(start(configOf({}), {}, [Broken1700000000000])).rejects.toThrow('a broken migration');
    await expectAllClosed();
  });

  test('opens nothing when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start(configOf({ port }))).rejects.toThrow('EADDRINUSE');
    await expectAllClosed();
    await new Promise((resolve) => other.close(resolve));
  });

  test('stops the work that runs and closes its engines when other work does not start', async () => {
    stopped.length = 0;
    const background = [backgroundOf('first'), backgroundOf('second', () => Promise.reject(new Error('does not start')))];
    await expect(start(configOf({}), { background })).rejects.toThrow('does not start');
    expect(stopped).toEqual(['second', 'first']);
    await expectAllClosed();
  });
});
