import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PostgresStartError } from './errors.js';

const run = promisify(execFile);

/** Whom the server's processes run as. Empty: as ourselves. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root, so root hands the work to one of these, the first that exists. */
const candidates = ['postgres', 'nobody'] as const;

const numberOf = async (flag: '-u' | '-g', name: string): Promise<number> => {
  const { stdout } = await run('id', [flag, name], { timeout: 5_000 });
  return Number(stdout.trim());
};

/** The user for the server's processes: ourselves, or for root `postgres`, else `nobody`. */
export const serverUser = async (): Promise<ServerUser> => {
  if (process.getuid?.() !== 0) return {};
  for (const name of candidates) {
    try {
      return { uid: await numberOf('-u', name), gid: await numberOf('-g', name) };
    } catch {
      // Not on this machine: the next one.
    }
  }
  throw new PostgresStartError(`PostgreSQL does not run as root, and this machine has no user ${candidates.join(' or ')}.`);
};
