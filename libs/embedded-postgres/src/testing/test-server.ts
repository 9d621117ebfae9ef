import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../embedded-postgres.js';

export interface TestServer {
  /** Of the superuser on the database `postgres`. */
  readonly url: string;
  /** Ends the server and removes all it left on disk. */
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
 * Starts a server for one Jest run. A guardian process holds the other end of a pipe: when the run is killed, it ends the
 * server and removes its folder.
 */
export const startTestServer = async (): Promise<TestServer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-test-'));
  await chmod(dataDir, 0o755);
  const guardian = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../jest/guardian.js', import.meta.url)), dataDir],
    { detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  guardian.unref();
  const cleanUp = async (): Promise<void> => {
    await rm(dataDir, { recursive: true, force: true });
    guardian.stdin.end();
  };
  try {
    const server = await startEmbeddedPostgres({ dataDir, purpose: 'tests', settings });
    const stop = async (): Promise<void> => {
      await server.stop();
      await cleanUp();
    };
    return { url: server.urlOf('postgres'), stop };
  } catch (error) {
    await cleanUp();
    throw error;
  }
};
