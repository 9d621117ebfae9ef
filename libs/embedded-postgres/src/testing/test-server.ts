import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../embedded-postgres.js';

export interface TestServer {
  /** Of the superuser on the database `postgres`. */
  readonly url: string;
  /** For this run alone: `testFolder` makes its folders here. */
  readonly folder: string;
  /** Ends the server and removes all that the run left in its folder. */
  stop(): Promise<void>;
}

/** Fast, without any care for durability: what the tests write is thrown away. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

/**
 * Starts a server for one Jest run. A guardian process holds the other end of a pipe: at the end of the run, also when it
 * is killed, it ends every server in the run's folder and removes the folder.
 */
export const startTestServer = async (): Promise<TestServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-test-'));
  await chmod(folder, 0o755);
  const guardian = spawn(process.execPath, [fileURLToPath(new URL('../../jest/guardian.js', import.meta.url)), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  const cleanUp = async (): Promise<void> => {
    guardian.stdin.end();
    await rm(join(folder, 'server'), { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'server'), purpose: 'tests', settings });
    const stop = async (): Promise<void> => {
      await server.stop();
      await cleanUp();
    };
    return { url: server.urlOf('postgres'), folder, stop };
  } catch (error) {
    await cleanUp();
    throw error;
  }
};
