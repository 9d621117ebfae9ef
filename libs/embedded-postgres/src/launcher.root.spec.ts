import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { serverUser } from './server-user.js';
import type { ServerUser } from './server-user.js';
import { launch } from './testing/launched.js';
import type { Launched, LaunchAs, Said } from './testing/launched.js';
import { privateHome } from './testing/private-home.js';
import type { PrivateHome } from './testing/private-home.js';
import { query, scratch } from './testing/scratch.js';
import type { Scratch } from './testing/scratch.js';

const run = promisify(execFile);
const launched: Launched[] = [];
const homes: PrivateHome[] = [];
const folders: Scratch[] = [];
const root: ServerUser = { uid: 0, gid: 0 };
let ordinary: Required<ServerUser>;

beforeAll(async () => {
  if (process.getuid?.() !== 0) throw new Error('These tests start servers as several users: they need uid 0.');
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, 'nobody'])).stdout);
  ordinary = { uid: await id('-u'), gid: await id('-g') };
});

afterEach(async () => {
  for (const process of launched.splice(0)) {
    process.tell('stop');
    await process.ended;
  }
  for (const home of homes.splice(0)) await home.remove();
  for (const folder of folders.splice(0)) await folder.remove();
});

const start = (dataDir: string, as: LaunchAs = {}, options: Readonly<Record<string, unknown>> = {}): Launched => {
  const process = launch({ dataDir, ...options }, as);
  launched.push(process);
  return process;
};

const home = async (owner: ServerUser): Promise<PrivateHome> => {
  const made = await privateHome(owner);
  homes.push(made);
  return made;
};

const folder = async (): Promise<string> => {
  const made = await scratch();
  folders.push(made);
  return made.dataDir;
};

const works = async (said: Said): Promise<void> => {
  expect(said.error).toBeUndefined();
  expect(await query(said.url ?? '', 'SELECT count(*)::int AS n FROM generate_series(1, 3)')).toEqual([{ n: 3 }]);
};

const userOf = async (pid: number | undefined): Promise<number> => (await stat(`/proc/${String(pid)}`)).uid;

describe('started by root, the embedded PostgreSQL', () => {
  test('runs as a user without rights, who owns the cluster', async () => {
    const dataDir = await folder();
    const said = await start(dataDir).next();

    await works(said);
    const { uid } = await serverUser();
    expect(uid).toBeGreaterThan(0);
    expect(await userOf(said.pid)).toBe(uid);
    expect((await stat(join(dataDir, 'pg18'))).uid).toBe(uid);
    expect((await stat(join(dataDir, 'postgres.json'))).uid).toBe(0);
  });

  test('works below a private home, cloned with a narrow umask, install scripts not run, with a copy of its programs', async () => {
    const { path, dataDir, as } = await home(root);
    await run('chmod', ['-R', 'go=', path]);
    const cacheDir = await folder();
    const first = start(dataDir, as, { cacheDir });
    const said = await first.next();
    await works(said);
    await query(said.url ?? '', 'CREATE TABLE kept AS SELECT 7 AS n');
    expect(await readdir(cacheDir)).toEqual([expect.stringMatching(/^postgresql-18\./)]);

    await first.kill9();
    const adopted = start(dataDir, as, { cacheDir });
    expect(await adopted.next()).toMatchObject({ origin: 'adopted', pid: said.pid });
    process.kill(said.pid ?? 0, 'SIGKILL');
    await adopted.kill9();

    const recovered = await start(dataDir, as, { cacheDir }).next();
    expect(recovered).toMatchObject({ origin: 'started' });
    expect(await query(recovered.url ?? '', 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('serves a cluster that root brought back from a copy', async () => {
    const dataDir = await folder();
    const first = start(dataDir);
    await works(await first.next());
    first.tell('stop');
    await first.ended;
    await run('chown', ['-R', '0:0', dataDir]);

    await works(await start(dataDir).next());
  });
});

describe('started by an ordinary user, the embedded PostgreSQL', () => {
  test('works below a private home and runs as that user', async () => {
    const { dataDir, as } = await home(ordinary);
    const said = await start(dataDir, as).next();

    await works(said);
    expect(await userOf(said.pid)).toBe(ordinary.uid);
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
  });

  test('works where root installed the packages without their scripts, with a copy in the cache of the user', async () => {
    const { path, dataDir, as } = await home(ordinary);
    const clone = join(path, 'clone');
    await run('chown', ['-R', '0:0', clone]);
    await rm(join(path, '.cache'), { recursive: true, force: true });
    await works(await start(dataDir, as).next());

    expect(await readdir(join(path, '.cache', 'cairn'))).toEqual([expect.stringMatching(/^postgresql-18\./)]);
  });

  test('is recovered by root as that user, and taken back by the user afterwards', async () => {
    const { dataDir, as } = await home(ordinary);
    const first = start(dataDir, as);
    const before = await first.next();
    process.kill(before.pid ?? 0, 'SIGKILL');
    await first.kill9();

    const byRoot = start(dataDir, {}, { port: await freePort() });
    const said = await byRoot.next();
    await works(said);
    expect(await userOf(said.pid)).toBe(ordinary.uid);
    byRoot.tell('stop');
    await byRoot.ended;

    await works(await start(dataDir, as).next());
  });

  test('refuses a data directory that root made, and says what to do', async () => {
    const { as } = await home(ordinary);
    const dataDir = await folder();
    const byRoot = start(dataDir);
    await works(await byRoot.next());
    byRoot.tell('stop');
    await byRoot.ended;

    const { error } = await start(dataDir, as).next();
    expect(error).toMatchObject({ name: 'DataDirectoryError', message: expect.stringContaining('choose another data directory') });
  });
});
