import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { currentOwner } from '@cairn/embedded-postgres';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { CairnProcess, StartedCairn } from '../e2e/cairn-process.js';
import { postmasterOf } from './postmaster-of.js';

describe('a start that is stopped before it is ready', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cairn-early-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  test('ends within seconds, twice told or once, leaves no server behind, and the next one goes on', async () => {
    const starting = CairnProcess.spawn(['start', '--data', dataDir, '--port', '0']);
    await starting.says(/Loading the Nashville sample: \d+/);
    const server = await postmasterOf(dataDir);
    expect(server).toBeGreaterThan(0);
    const told_ms = performance.now();
    const first = starting.end('SIGINT');
    const ended = await Promise.all([first, starting.end('SIGINT')]);
    expect(performance.now() - told_ms).toBeLessThan(10_000);
    expect(ended[0]).toMatchObject({ code: 130, output: expect.stringContaining('before it was ready') });
    expect(ended[0].output).not.toContain('runs at');
    expect(() => process.kill(server ?? 0, 0)).toThrow('ESRCH');
    expect(await currentOwner(dataDir)).toBeUndefined();

    const again = await StartedCairn.ready(dataDir);
    const { items } = await again.get<{ items: readonly unknown[] }>('/api/districts/mnps/schools');
    expect(items.length).toBeGreaterThan(0);
    expect(await again.process.end('SIGTERM')).toMatchObject({ code: 0 });
  }, 180_000);
});
