import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './index.js';
import type { EmbeddedPostgres } from './index.js';
import { eventually, query, scratch, untilEnded } from './testing/scratch.js';
import type { Scratch } from './testing/scratch.js';

let folder: Scratch;
const started: EmbeddedPostgres[] = [];

const start = async (options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir: folder.dataDir, ...options });
  started.push(server);
  return server;
};

beforeEach(async () => {
  folder = await scratch();
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  await folder.remove();
});

const occupy = async (port: number): Promise<Server> => {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
};

describe('the embedded PostgreSQL', () => {
  test('starts from nothing, durable, on the loopback address only, and says what it does', async () => {
    const progress: string[] = [];
    const server = await start({ onProgress: (message) => progress.push(message) });

    expect(progress).toEqual(['Creating the database (first start only)', 'Starting PostgreSQL']);
    expect(server.origin).toBe('started');
    expect(server.port).not.toBe(5432);
    const [settings] = await query(
      server.url,
      `SELECT current_database() AS database, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS listen,
              current_setting('unix_socket_directories') AS sockets, current_setting('server_encoding') AS encoding,
              current_setting('max_connections') AS connections, current_setting('shared_buffers') AS buffers,
              (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser`,
    );
    expect(settings).toEqual({
      database: 'cairn',
      fsync: 'on',
      commit: 'on',
      listen: '127.0.0.1',
      sockets: '',
      encoding: 'UTF8',
      connections: '100',
      buffers: '128MB',
      superuser: true,
    });
  });

  test('asks everyone for the password, which only the owner of the data directory can read', async () => {
    const server = await start();
    const stranger = new URL(server.url);
    stranger.password = 'guess';

    await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(folder.dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder.dataDir, 'pg18'))).mode & 0o777).toBe(0o700);
    expect(await readdir(folder.dataDir)).not.toContain('pg18.password');
  });

  test('ends with stop, and comes back with its data on the same port and under the same password', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
    await first.stop();
    await first.stop();
    await untilEnded({ pid: first.pid, started: undefined });

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  });

  test('stop waits for nobody: open transactions are rolled back', async () => {
    const server = await start();
    const idle = query(server.url, 'SELECT pg_sleep(60)').catch((error: unknown) => error);
    await eventually('the query runs', async () => {
      const running = "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
      return (await query(server.url, running)).length === 1;
    });
    const from = Date.now();
    await server.stop();

    expect(Date.now() - from).toBeLessThan(10_000);
    expect(await idle).toBeInstanceOf(Error);
  });

  test('moves to another port when the last one is taken, and keeps the new one', async () => {
    const first = await start();
    await first.stop();
    const stranger = await occupy(first.port);
    try {
      const second = await start();
      expect(second.port).not.toBe(first.port);
      expect(JSON.parse(await readFile(join(folder.dataDir, 'postgres.json'), 'utf8'))).toMatchObject({ port: second.port });
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  test('a port that was asked for and is taken is an error with the words of the server', async () => {
    const stranger = await occupy(0);
    const address = stranger.address();
    try {
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      await expect(start({ port })).rejects.toMatchObject({
        name: 'PostgresStartError',
        message: expect.stringContaining('could not bind IPv4 address'),
      });
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    expect((await start()).origin).toBe('started');
  });

  test('a setting that the server refuses is an error with the words of the server', async () => {
    await expect(start({ settings: { max_connections: 'many' } })).rejects.toMatchObject({
      name: 'PostgresStartError',
      message: expect.stringContaining('invalid value for parameter "max_connections"'),
    });
  });

  test('a server that is not ready in time is an error, and is not left behind', async () => {
    await expect(start({ startTimeout_ms: 1 })).rejects.toMatchObject({
      name: 'PostgresStartError',
      message: expect.stringMatching(/was ended after 1 ms/),
    });
    expect((await start()).origin).toBe('started');
    expect((await readdir(folder.dataDir)).filter((name) => name.startsWith('pg18'))).toEqual(['pg18']);
  });

  test('a cluster whose password file is gone is refused, not overwritten', async () => {
    await (await start()).stop();
    await rm(join(folder.dataDir, 'postgres.json'));

    await expect(start()).rejects.toMatchObject({ name: 'DataDirectoryError', message: expect.stringContaining('is gone') });
  });

  test('a folder of that name which is no cluster is refused, not overwritten', async () => {
    await writeFile(join(folder.dataDir, 'postgres.json'), '{"password":"x"}');
    await mkdir(join(folder.dataDir, 'pg18'));
    await writeFile(join(folder.dataDir, 'pg18', 'PG_VERSION'), '17\n');

    await expect(start()).rejects.toMatchObject({ name: 'DataDirectoryError', message: expect.stringContaining('version: 17') });
    await chmod(join(folder.dataDir, 'postgres.json'), 0o600);
    await writeFile(join(folder.dataDir, 'postgres.json'), 'not json');
    await expect(start()).rejects.toMatchObject({ name: 'DataDirectoryError', message: expect.stringContaining('cannot be read') });
  });
});
