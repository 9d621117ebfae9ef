import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerUser } from './server-user.js';

const run = promisify(execFile);
const timeout_ms = 2_000;

/**
 * Has Linux schedule the server, and what it starts from now on, as `SCHED_BATCH` (sched(7)): a backend that is woken takes
 * a processor that is free, and takes none away from whoever woke it, who has the next question in hand. Its share of the
 * processors stays the same. It is asked for as the server's own user, who needs no rights for it. Without `chrt`, of
 * util-linux or BusyBox, where it is refused, or on another system, nothing changes.
 */
export const yieldToCallers = async (pid: number, user: ServerUser): Promise<void> => {
  await run('chrt', ['-b', '-p', '0', String(pid)], { ...user, cwd: '/', timeout: timeout_ms }).catch(() => undefined);
};
