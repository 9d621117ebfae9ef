import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { spawnProgram } from './cluster.js';
import type { Cluster } from './cluster.js';
import { PostgresStartError, PostgresStopError } from './errors.js';
import { freePort } from './free-port.js';
import { disownStalePid, runningPostmaster } from './postmaster-file.js';
import type { RunningPostmaster } from './postmaster-file.js';
import { processWith, stillRuns } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';
import { openLog } from './server-log.js';

export const serverUrl = (password: string, port: number, database: string): string =>
  `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/** "The database system is starting up", and "is shutting down" or "in recovery mode": worth asking again. */
const notYet = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']);

const pollInterval_ms = 25;

const accepts = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (notYet.has(code ?? '') || message.includes('timeout') || message.includes('terminated')) return false;
    throw new PostgresStartError(`What answers on port ${client.port} does not take us in: ${message}`, { cause: error });
  }
  await client.end();
  return true;
};

/**
 * Waits until the server takes our password.
 * @returns false when the process ended meanwhile. @throws PostgresStartError at the deadline.
 */
export const untilAccepting = async (
  server: RunningPostmaster,
  password: string,
  deadline: number,
  tail: () => Promise<string>,
): Promise<boolean> => {
  const url = serverUrl(password, server.port, 'postgres');
  for (;;) {
    const refusal = await accepts(url).catch((error: unknown) => error);
    if (refusal === true) return true;
    // A stranger who was faster to the port refuses us too; then our server ends, which tells the two apart.
    if (refusal !== false) await sleep(500);
    if (!(await stillRuns(server.process))) return false;
    if (refusal !== false) throw refusal;
    if (Date.now() > deadline) throw new PostgresStartError(`PostgreSQL was not ready in time. Its log ends:\n${await tail()}`);
    await sleep(pollInterval_ms);
  }
};

/** What the log says when the start failed for a reason that passes. */
const passing = [
  // Backends of a postmaster that was killed end by themselves, but not at once.
  'pre-existing shared memory block',
  // Another process took the port between our look and the server's.
  'could not bind',
  // A server that is just ending.
  'lock file "postmaster.pid" already exists',
];

export interface PostmasterOptions {
  readonly cluster: Cluster;
  readonly dataDir: string;
  readonly password: string;
  readonly port: { readonly required?: number; readonly preferred?: number };
  readonly settings: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** Starts the server of the cluster, which recovers when it ended without care. @throws PostgresStartError */
export const startPostmaster = async (options: PostmasterOptions): Promise<RunningPostmaster> => {
  for (;;) {
    await disownStalePid(options.cluster.folder);
    const port = options.port.required ?? (await freePort(options.port.preferred));
    const settings = { ...options.settings, port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
    const log = await openLog(options.dataDir);
    const child = spawnProgram(
      options.cluster,
      'postgres',
      ['-D', options.cluster.folderAsSeen, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      ['ignore', log.file.fd, log.file.fd],
    );
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    child.unref();
    try {
      const identity = child.pid === undefined ? await failed : await processWith(child.pid);
      const server = identity === undefined ? undefined : { process: identity, port };
      if (server !== undefined && (await untilAccepting(server, options.password, options.deadline, log.tail))) return server;
      const tail = await log.tail();
      const again = options.port.required === undefined || !tail.includes('could not bind');
      if (!again || Date.now() > options.deadline || !passing.some((reason) => tail.includes(reason))) {
        throw new PostgresStartError(`PostgreSQL ended while it started. Its log ends:\n${tail}`);
      }
      await sleep(100);
    } catch (error) {
      child.kill('SIGQUIT');
      throw error;
    } finally {
      await log.file.close();
    }
  }
};

/** The server that still runs on the cluster, once it takes connections; undefined when it was just ending, or none runs. */
export const adoptPostmaster = async (options: PostmasterOptions): Promise<RunningPostmaster | undefined> => {
  const server = await runningPostmaster(options.cluster.folder);
  if (server === undefined) return undefined;
  const ready = await untilAccepting(server, options.password, options.deadline, async () => '(of an earlier start)');
  const portFits = options.port.required === undefined || options.port.required === server.port;
  if (ready && portFits) return server;
  await stopPostmaster(server.process, Math.max(1_000, options.deadline - Date.now()));
  return undefined;
};

const untilGone = async (server: ProcessIdentity, timeout_ms: number): Promise<boolean> => {
  const deadline = Date.now() + timeout_ms;
  while (await stillRuns(server)) {
    if (Date.now() > deadline) return false;
    await sleep(pollInterval_ms);
  }
  return true;
};

export const signalPostmaster = (server: ProcessIdentity, signal: 'SIGINT' | 'SIGQUIT'): void => {
  try {
    process.kill(server.pid, signal);
  } catch {
    // It has ended by itself.
  }
};

/**
 * Ends the server: fast (open transactions are rolled back, everything is written out), and when that takes longer than
 * `timeout_ms` at once, which costs a recovery at the next start and nothing else. @throws PostgresStopError
 */
export const stopPostmaster = async (server: ProcessIdentity, timeout_ms: number): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await stillRuns(server))) return;
    signalPostmaster(server, signal);
    if (await untilGone(server, signal === 'SIGINT' ? timeout_ms : 10_000)) return;
  }
  throw new PostgresStopError(`PostgreSQL (pid ${server.pid}) did not end within ${timeout_ms} ms, nor when told to end at once.`);
};
