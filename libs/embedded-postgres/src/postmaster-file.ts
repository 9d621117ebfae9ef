import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pidIsTaken, processWith } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

const run = promisify(execFile);

/** A living postmaster of our cluster, as its `postmaster.pid` tells. */
export interface RunningPostmaster {
  readonly process: ProcessIdentity;
  readonly port: number;
}

const path = (folder: string): string => join(folder, 'postmaster.pid');

/** A postmaster stands inside its cluster; where that cannot be seen, its command line names it. */
const servesFolder = async (pid: number, folder: string): Promise<boolean> => {
  try {
    if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(folder));
    return (await run('ps', ['-o', 'command=', '-p', String(pid)], { timeout: 5_000 })).stdout.includes(folder);
  } catch {
    return false;
  }
};

const readLines = async (folder: string): Promise<string[] | undefined> => {
  try {
    return (await readFile(path(folder), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** The living postmaster of this cluster, whoever started it; undefined when there is none. */
export const runningPostmaster = async (folder: string): Promise<RunningPostmaster | undefined> => {
  const lines = await readLines(folder);
  if (lines === undefined) return undefined;
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0 || !(await servesFolder(pid, folder))) return undefined;
  const identity = await processWith(pid);
  return identity === undefined ? undefined : { process: identity, port: Number(lines[3] ?? 0) };
};

/**
 * After a crash the pid in `postmaster.pid` may meanwhile be another process's, and PostgreSQL would refuse to start. Once
 * it is known not to be ours, the pid is replaced by that of this process, which PostgreSQL, being its child, takes for
 * out of date. The file itself stays: by its other lines PostgreSQL waits for backends that outlived their postmaster.
 */
export const disownStalePid = async (folder: string): Promise<void> => {
  const lines = await readLines(folder);
  if (lines === undefined || !pidIsTaken(Math.abs(Number(lines[0])) || 0)) return;
  await writeFile(path(folder), [String(process.pid), ...lines.slice(1)].join('\n'));
};
