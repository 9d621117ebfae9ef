import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One process for ever: a pid alone is given to another process later, after a reboot or in a restarted container at once. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the words of the operating system; undefined where that cannot be read. */
  readonly started: string | undefined;
}

/** Whether a signal could be sent to, or is refused by, something with this pid; a dead child nobody waited for counts too. */
export const pidIsTaken = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const dead = new Set(['Z', 'X', 'x']);

/** Fields 3 and 22 of proc_pid_stat(5); the name before them, in parentheses, may hold anything. */
const readProc = async (pid: number): Promise<ProcessIdentity | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (dead.has(fields[0] ?? 'X')) return undefined;
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return { pid, started: `${boot}/${fields[19] ?? ''}` };
};

const askPs = async (pid: number): Promise<ProcessIdentity | undefined> => {
  const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' }, timeout: 5_000 });
  const [, state = 'Z', started] = /^\s*(\S)\S*\s+(.*\S)\s*$/.exec(stdout) ?? [];
  return dead.has(state) ? undefined : { pid, started };
};

/** The process that has this pid now; undefined when there is none, or only the remains of one (a zombie). */
export const processWith = async (pid: number): Promise<ProcessIdentity | undefined> => {
  if (!pidIsTaken(pid)) return undefined;
  try {
    return await (process.platform === 'linux' ? readProc(pid) : askPs(pid));
  } catch {
    return pidIsTaken(pid) ? { pid, started: undefined } : undefined;
  }
};

/** Whether that very process still runs. Where the time of start cannot be read, a process with its pid passes for it. */
export const stillRuns = async (identity: ProcessIdentity): Promise<boolean> => {
  const now = await processWith(identity.pid);
  if (now === undefined) return false;
  return identity.started === undefined || now.started === undefined || identity.started === now.started;
};
