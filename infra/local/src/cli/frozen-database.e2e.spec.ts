import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { currentOwner } from '@cairn/embedded-postgres';
import { TcpProxy, testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { CairnProcess, StartedCairn } from '../e2e/cairn-process.js';

describe('a platform whose database is frozen', () => {
  let dataDir: string;
  let database: { readonly url: string; drop(): Promise<void> };
  let proxy: TcpProxy;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cairn-frozen-'));
    database = await testDatabase();
    proxy = await TcpProxy.before(database.url);
  });
  afterAll(async () => {
    await proxy.goDown();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test('while it starts ends soon after it was told to, and gives the data directory back', async () => {
    const starting = CairnProcess.spawn(['start', '--data', dataDir, '--port', '0'], { DATABASE_URL: proxy.url });
    await starting.says(/Loading the Nashville sample: \d+/);
    proxy.freeze();
    const ended = await starting.end('SIGINT');
    proxy.thaw();
    expect(ended).toMatchObject({ code: 130, output: expect.stringContaining('before it was ready') });
    expect(await currentOwner(dataDir)).toBeUndefined();
  }, 120_000);

  test('ends soon after it was told to, says why, and gives the data directory back', async () => {
    const { process: cairn } = await StartedCairn.ready(dataDir, ['--empty'], { DATABASE_URL: proxy.url });
    proxy.freeze();
    const told_ms = performance.now();
    const { code, output } = await cairn.end('SIGINT');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('taken up from the last commit') });
    expect(performance.now() - told_ms).toBeLessThan(40_000);
    expect(await currentOwner(dataDir)).toBeUndefined();
  }, 240_000);
});
