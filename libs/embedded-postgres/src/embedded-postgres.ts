import { mkdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { attachToRunning } from './attach.js';
import { clusterFolder, openCluster } from './cluster.js';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './contract.js';
import { createDatabase } from './database.js';
import { AlreadyRunningError, DataDirectoryError, PostgresExitedError } from './errors.js';
import { takeOwnership } from './owner-lock.js';
import type { OwnerLock } from './owner-lock.js';
import { adoptPostmaster, serverUrl, signalPostmaster, startPostmaster, stopPostmaster } from './postmaster.js';
import type { RunningPostmaster } from './postmaster-file.js';
import { stillRuns } from './process-identity.js';
import { newPassword, readState, writeState } from './state-file.js';
import type { ServerState } from './state-file.js';

/** What was acknowledged survives a loss of power; sized for a machine that does other things too. */
export const durableSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
};

const watchInterval_ms = 500;

/** Calls back when the server ends, until the watch is closed. The process is watched, not the child: it may be adopted. */
const watchServer = (server: RunningPostmaster, onEnd: () => void): (() => void) => {
  let closed = false;
  const timer = setInterval(() => {
    void stillRuns(server.process).then((runs) => {
      if (runs || closed) return;
      close();
      onEnd();
    });
  }, watchInterval_ms);
  const close = (): void => {
    closed = true;
    clearInterval(timer);
  };
  timer.unref();
  return close;
};

const firstState = async (dataDir: string): Promise<ServerState> => {
  const folder = clusterFolder(dataDir);
  if (await stat(folder).then(() => true, () => false)) {
    throw new DataDirectoryError(`${folder} exists, but the file with its password, ${dataDir}/postgres.json, is gone.`);
  }
  const state = { password: newPassword() };
  await writeState(dataDir, state);
  return state;
};

const ready = async (options: EmbeddedPostgresOptions, dataDir: string, lock: OwnerLock): Promise<EmbeddedPostgres> => {
  const onProgress = options.onProgress ?? (() => undefined);
  const startTimeout_ms = options.startTimeout_ms ?? 60_000;
  const deadline = Date.now() + startTimeout_ms;

  const state = (await readState(dataDir)) ?? (await firstState(dataDir));
  const cluster = await openCluster(dataDir, state.password, {
    timeout_ms: startTimeout_ms,
    onProgress,
    cacheDir: options.cacheDir,
  });
  const start = {
    cluster,
    dataDir,
    password: state.password,
    port: { required: options.port, preferred: state.port },
    settings: { ...durableSettings, ...options.settings },
    deadline,
  };
  const adopted = await adoptPostmaster(start);
  onProgress(adopted === undefined ? 'Starting PostgreSQL' : 'PostgreSQL still runs from before and is used again');
  const server = adopted ?? (await startPostmaster(start));

  // Whoever ends this process without `stop` still ends the server, with care; a kill -9 leaves it to be adopted.
  const endWithUs = (): void => signalPostmaster(server.process, 'SIGINT');
  process.once('exit', endWithUs);
  const unwatch = watchServer(server, () => {
    process.off('exit', endWithUs);
    options.onUnexpectedExit?.(
      new PostgresExitedError(`PostgreSQL (pid ${server.process.pid}) has ended; see ${dataDir}/postgres.log.`),
    );
  });
  const end = async (): Promise<void> => {
    unwatch();
    await stopPostmaster(server.process, options.stopTimeout_ms ?? 20_000);
    process.off('exit', endWithUs);
    await lock.release();
  };
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => (ending ??= end());
  try {
    if (state.port !== server.port) await writeState(dataDir, { ...state, port: server.port });
    await createDatabase(serverUrl(state.password, server.port, 'postgres'), 'cairn');
  } catch (error) {
    await stop();
    throw error;
  }
  const urlOf = (database: string): string => serverUrl(state.password, server.port, database);
  return {
    url: urlOf('cairn'),
    urlOf,
    port: server.port,
    pid: server.process.pid,
    origin: adopted === undefined ? 'started' : 'adopted',
    announce: lock.announce,
    stop,
  };
};

const own = async (dataDir: string, purpose: string): Promise<OwnerLock> => {
  try {
    await mkdir(dataDir, { recursive: true });
    return await takeOwnership(dataDir, purpose);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new DataDirectoryError(
      `This user may not write to ${dataDir}. Start as the user who made it, or choose another data directory.`,
      { cause: error },
    );
  }
};

/**
 * PostgreSQL for one machine: on return it takes connections on 127.0.0.1, and this process owns the data directory or,
 * with `whenRunning: 'attach'`, shares the server of the process that does.
 *
 * @throws AlreadyRunningError, DataDirectoryError, PostgresBinariesError, PostgresStartError
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const dataDir = resolve(options.dataDir);
  const deadline = Date.now() + (options.startTimeout_ms ?? 60_000);
  for (;;) {
    try {
      const lock = await own(dataDir, options.purpose ?? 'cairn');
      return await ready(options, dataDir, lock).catch(async (error: unknown) => {
        await lock.release();
        throw error;
      });
    } catch (error) {
      const mayAttach = error instanceof AlreadyRunningError && options.whenRunning === 'attach';
      if (!mayAttach || Date.now() > deadline) throw error;
      const attached = await attachToRunning(dataDir, deadline);
      if (attached !== undefined) return attached;
      // The owner has ended meanwhile: the directory is free to be taken.
    }
  }
};
