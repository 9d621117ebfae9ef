import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { launch } from './testing/launched.js';
import type { Launched } from './testing/launched.js';
import { eventually, postmasterPid, query, scratch, untilEnded } from './testing/scratch.js';
import type { Scratch } from './testing/scratch.js';

let folder: Scratch;
const launched: Launched[] = [];

const start = (options: Readonly<Record<string, unknown>> = {}): Launched => {
  const process = launch({ dataDir: folder.dataDir, purpose: 'cairn start', ...options });
  launched.push(process);
  return process;
};

beforeEach(async () => {
  folder = await scratch();
});

afterEach(async () => {
  for (const process of launched.splice(0)) await process.kill9();
  await folder.remove();
});

const urlOf = ({ url }: { url?: string }): string => url ?? '';
const pidOf = ({ pid }: { pid?: number }): number => pid ?? 0;

describe('the embedded PostgreSQL after a crash', () => {
  test('of its owner: the server that still runs is adopted, and ends with its new owner', async () => {
    const first = start();
    const before = await first.next();
    await query(urlOf(before), 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.kill9();

    const second = start();
    const after = await second.next();
    expect(after).toMatchObject({ origin: 'adopted', pid: before.pid, url: before.url });
    expect(await query(urlOf(after), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);

    second.tell('stop');
    expect(await second.next()).toEqual({ stopped: true });
    await untilEnded({ pid: pidOf(after), started: undefined });
  });

  test('of its owner: a server on another port than the one now asked for is started anew', async () => {
    const first = start();
    const before = await first.next();
    await first.kill9();

    const port = await freePort();
    const after = await start({ port }).next();
    expect(after).toMatchObject({ origin: 'started', port });
    expect(after.pid).not.toBe(before.pid);
  });

  test('of the postmaster: its owner is told, and the next start recovers what was committed', async () => {
    const first = start();
    const before = await first.next();
    await query(urlOf(before), 'CREATE TABLE kept AS SELECT 7 AS n');
    process.kill(pidOf(before), 'SIGKILL');
    expect(await first.next()).toEqual({ exited: expect.stringContaining('has ended') });
    await first.kill9();

    const after = await start().next();
    expect(after).toMatchObject({ origin: 'started', url: before.url });
    expect(await query(urlOf(after), 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('of both at once, with a backend at work: the next start waits for the backend and recovers', async () => {
    const first = start();
    const before = await first.next();
    const busy = query(urlOf(before), "SELECT count(*) FROM generate_series(1, 30000000)").catch(() => undefined);
    process.kill(pidOf(before), 'SIGKILL');
    await first.kill9();

    const after = await start().next();
    expect(after).toMatchObject({ origin: 'started', url: before.url });
    await busy;
  });

  test('whose pid is another process by now: that one is neither taken for the server nor in the way', async () => {
    const first = start();
    const before = await first.next();
    process.kill(pidOf(before), 'SIGKILL');
    await first.kill9();
    const stranger = spawn('sleep', ['60']);
    try {
      const file = join(folder.dataDir, 'pg18', 'postmaster.pid');
      const [, ...lines] = (await readFile(file, 'utf8')).split('\n');
      await writeFile(file, [String(stranger.pid), ...lines].join('\n'));

      expect(await start().next()).toMatchObject({ origin: 'started', url: before.url });
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  test('in the middle of its first start: nothing half-made is taken for a database', async () => {
    const first = start();
    await eventually('initdb is at work', async () => {
      const names = await readdir(folder.dataDir, { recursive: true });
      return names.some((name) => name.startsWith('pg18.new-') && name.endsWith('postgresql.conf'));
    });
    await first.kill9();

    const after = await start().next();
    expect(await query(urlOf(after), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('the owner of the embedded PostgreSQL', () => {
  test('is named to whoever comes second, who changes nothing', async () => {
    const first = start();
    const running = await first.next();

    const second = await start({ purpose: 'cairn start' }).next();
    expect(second.error).toMatchObject({
      name: 'AlreadyRunningError',
      pid: first.process.pid,
      address: 'http://127.0.0.1:3000',
      purpose: 'cairn start',
    });
    expect(second.error?.message).toContain(`pid ${String(first.process.pid)}, at http://127.0.0.1:3000`);
    expect(await query(urlOf(running), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('shares the server with whoever asks to attach, who does not end it', async () => {
    const first = start();
    const running = await first.next();

    const guest = start({ whenRunning: 'attach', purpose: 'cairn verify' });
    expect(await guest.next()).toMatchObject({ origin: 'attached', url: running.url });
    guest.tell('stop');
    expect(await guest.next()).toEqual({ stopped: true });
    expect(await query(urlOf(running), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('of several that start at once is exactly one', async () => {
    const answers = await Promise.all([start(), start(), start(), start()].map((process) => process.next()));

    expect(answers.filter(({ origin }) => origin === 'started')).toHaveLength(1);
    expect(answers.filter(({ error }) => error?.name === 'AlreadyRunningError')).toHaveLength(3);
  });

  test('of several that start at once and would attach becomes one, and all share its server', async () => {
    const processes = [1, 2, 3].map(() => start({ whenRunning: 'attach' }));
    const answers = await Promise.all(processes.map((process) => process.next()));

    expect(answers.map(({ origin }) => origin).sort()).toEqual(['attached', 'attached', 'started']);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  });

  test('takes the server with it when it exits without a stop', async () => {
    const first = start();
    const running = await first.next();
    first.tell('exit');
    await first.ended;

    await untilEnded({ pid: pidOf(running), started: undefined });
    expect(await postmasterPid(folder.dataDir)).toBeUndefined();
  });
});
