import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** A service that `cairn start --processes` runs as a process, and starts again when it has ended. */
export const services = ['directory', 'scaling-plan', 'reporting'] as const;

export type Service = (typeof services)[number];

/** The process that was started by `parent` (field 4 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
const parentOf = async (pid: string): Promise<number> => {
  const stat = await readFile(join('/proc', pid, 'stat'), 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

const runsService = async (pid: string, service: Service): Promise<boolean> => {
  const words = (await readFile(join('/proc', pid, 'cmdline'), 'utf8')).split('\0').filter((word) => word !== '');
  return words.at(-1) === service && /run-service\.[jt]s$/.test(words.at(-2) ?? '');
};

/** The process of a service of the platform with that process id; undefined between its end and its next start. */
export const pidOfService = async (platform: number, service: Service): Promise<number | undefined> => {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while it is looked at.
    const found = await Promise.all([parentOf(pid), runsService(pid, service)]).catch(() => undefined);
    if (found?.[0] === platform && found[1]) return Number(pid);
  }
  return undefined;
};

/** The embedded server of a data directory, by its first process; undefined while none runs. */
export const pidOfPostgres = async (dataDir: string): Promise<number | undefined> => {
  const cluster = join(dataDir, 'pg18');
  const file = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid = ''] = file.split('\n');
  // The file outlives a server that was killed, and its number may be somebody else's by then. A server works in its cluster.
  const place = await readlink(join('/proc', pid.trim(), 'cwd')).catch(() => '');
  return place !== '' && place === (await realpath(cluster)) ? Number(pid) : undefined;
};

/** kill -9. @returns whether there was such a process */
export const kill9 = (pid: number | undefined): boolean => {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};
