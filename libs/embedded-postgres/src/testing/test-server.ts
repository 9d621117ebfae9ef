import { spawn } from 'node:child_process';
import { chown, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { completeLinks, packagedNative } from '../binaries.js';
import { serverUser } from '../server-user.js';
import type { ServerUser } from '../server-user.js';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
};

const initialise = async (native: string, data: string, user: ServerUser): Promise<void> => {
  const passwordFile = join(data, '..', 'password');
  await writeFile(passwordFile, 'test\n');
  const initdb = spawn(
    join(native, 'bin', 'initdb'),
    [
      `--pgdata=${data}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync',
      '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C',
    ],
    { ...user, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  initdb.stdout.on('data', (chunk) => (output += String(chunk)));
  initdb.stderr.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise((resolve, reject) => initdb.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`initdb failed: ${output}`);
};

const untilReady = async (url: string, log: string, ended: () => boolean): Promise<void> => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      return;
    } catch (cause) {
      if (ended() || Date.now() > deadline) {
        throw new Error(`PostgreSQL for the tests did not start:\n${await readFile(log, 'utf8')}`, { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
};

/** Starts a server for one Jest run: fast, without any care for durability. A guardian ends it when the run is killed. */
export const startTestServer = async (): Promise<TestServer> => {
  const native = packagedNative();
  await completeLinks(native);
  const user = await serverUser();
  const folder = await mkdtemp(join(tmpdir(), 'cairn-test-'));
  const data = join(folder, 'pg18');
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
  await initialise(native, data, user);

  const port = await freePort();
  const log = join(folder, 'postgres.log');
  const logFile = await open(log, 'a');
  const postmaster = spawn(
    join(native, 'bin', 'postgres'),
    [
      '-D', data, '-c', `port=${port}`, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=',
      '-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off', '-c', 'max_connections=200',
      '-c', 'timezone=UTC',
    ],
    { ...user, env: environment, detached: true, stdio: ['ignore', logFile.fd, logFile.fd] },
  );
  await logFile.close();
  const exited = new Promise<void>((resolve) => postmaster.once('exit', () => resolve()));

  const guardian = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../jest/guardian.js', import.meta.url)), String(postmaster.pid), folder],
    { detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  guardian.unref();
  postmaster.unref();

  const url = `postgresql://postgres:test@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    postmaster.kill('SIGINT');
    await exited;
    await rm(folder, { recursive: true, force: true });
    guardian.stdin?.end();
  };
  await untilReady(url, log, () => postmaster.exitCode !== null).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
};
