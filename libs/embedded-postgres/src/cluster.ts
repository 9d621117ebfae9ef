import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { chown, lchown, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.js';
import { usableNative } from './binaries.js';
import { DataDirectoryError, PostgresStartError } from './errors.js';
import { canEnter, serverUser } from './server-user.js';
import type { ServerUser } from './server-user.js';

/** The major version is part of the name: the next one gets a folder of its own beside it. */
export const clusterFolder = (dataDir: string): string => join(dataDir, 'pg18');

/** A cluster on disk with the programs and the user that serve it. */
export interface Cluster {
  readonly folder: string;
  readonly native: string;
  readonly user: ServerUser;
  /** What the programs are told instead of `folder`; see `openCluster`. */
  readonly folderAsSeen: string;
}

const draftPrefix = 'pg18.new-';

/** What starts that were killed have left; an initdb that still runs in one of them then ends with an error of its own. */
const removeDrafts = async (dataDir: string): Promise<void> => {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(draftPrefix)) await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 });
  }
};

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

/** Starts one of the server's programs inside the cluster, in a session of its own: Ctrl-C in the terminal is ours alone to answer. */
export const spawnProgram = (cluster: Cluster, program: string, args: readonly string[], stdio: StdioOptions): ChildProcess =>
  spawn(join(cluster.native, 'bin', program), args, {
    ...cluster.user,
    cwd: cluster.folder,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio,
  });

const give = async (path: string, { uid, gid }: ServerUser): Promise<void> => {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
};

const initialise = async (cluster: Cluster, password: string, timeout_ms: number): Promise<void> => {
  // The password goes in as a file on stdin: a name below a private home would mean nothing to the server's user.
  const passwordFile = `${cluster.folder}.password`;
  await writeAtomically(passwordFile, `${password}\n`);
  await give(passwordFile, cluster.user);
  const stdin = await open(passwordFile, 'r');
  try {
    const initdb = spawnProgram(
      cluster,
      'initdb',
      [
        `--pgdata=${cluster.folderAsSeen}`,
        '--username=postgres',
        '--pwfile=/dev/stdin',
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      [stdin.fd, 'pipe', 'pipe'],
    );
    let output = '';
    const collect = (chunk: unknown): void => void (output += String(chunk));
    initdb.stdout?.on('data', collect);
    initdb.stderr?.on('data', collect);
    const timer = setTimeout(() => initdb.pid !== undefined && process.kill(-initdb.pid, 'SIGKILL'), timeout_ms);
    const code = await new Promise<number | null>((resolve, reject) =>
      initdb.once('error', reject).once('close', resolve),
    ).finally(() => clearTimeout(timer));
    if (code !== 0) {
      const end = code === null ? `was ended after ${timeout_ms} ms` : `failed with code ${code}`;
      throw new PostgresStartError(`initdb ${end}:\n${output.split('\n').slice(-20).join('\n')}`);
    }
  } finally {
    await stdin.close();
    await rm(passwordFile, { force: true });
  }
};

const refuseStrangers = async (folder: string): Promise<void> => {
  const { uid } = await stat(folder);
  const ours = process.getuid?.();
  if (ours !== undefined && ours !== 0 && ours !== uid) {
    throw new DataDirectoryError(
      `${folder} belongs to the user with uid ${uid}, and this one has uid ${ours}. Start as that user or as root, or choose another data directory.`,
    );
  }
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => 'none');
  if (version.trim() !== '18') throw new DataDirectoryError(`${folder} holds no PostgreSQL 18 cluster (version: ${version.trim()}).`);
};

/** A cluster that root brought back from a copy is root's, which the server refuses: it goes to the server's user. */
const giveAll = async (folder: string, user: ServerUser): Promise<void> => {
  const { uid, gid } = user;
  if (uid === undefined || gid === undefined || (await stat(folder)).uid === uid) return;
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid);
};

export interface OpenClusterOptions {
  readonly timeout_ms: number;
  readonly onProgress: (message: string) => void;
  readonly cacheDir: string | undefined;
}

/**
 * The cluster below `dataDir`, made when there is none. It is made beside its place and moved there when whole, so that a
 * start that is killed half-way leaves nothing that passes for a cluster.
 *
 * Root hands the work to another user, who cannot use a name below a private home such as `/root`. On Linux that user's
 * processes are started inside the folder instead and told that it is `/proc/self/cwd`.
 */
export const openCluster = async (
  dataDir: string,
  password: string,
  { timeout_ms, onProgress, cacheDir }: OpenClusterOptions,
): Promise<Cluster> => {
  const folder = clusterFolder(dataDir);
  const user = await serverUser(folder);
  const native = await usableNative(user, cacheDir === undefined ? {} : { cache: cacheDir });
  const reachable = await canEnter(user, dataDir);
  if (!reachable && process.platform !== 'linux') {
    throw new DataDirectoryError(`The server's user (uid ${String(user.uid)}) cannot enter ${dataDir}: choose a data directory that it can.`);
  }
  const seen = (path: string): Cluster => ({ folder: path, native, user, folderAsSeen: reachable ? path : '/proc/self/cwd' });

  if (!(await exists(folder))) {
    onProgress('Creating the database (first start only)');
    await removeDrafts(dataDir);
    const draft = await mkdtemp(join(dataDir, draftPrefix));
    await give(draft, user);
    await initialise(seen(draft), password, timeout_ms);
    await rename(draft, folder);
  }
  await refuseStrangers(folder);
  await giveAll(folder, user);
  return seen(folder);
};
