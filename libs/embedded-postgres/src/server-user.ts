import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
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

const owner = async (folder: string): Promise<Required<ServerUser> | undefined> => {
  try {
    const { uid, gid } = await stat(folder);
    return { uid, gid };
  } catch {
    return undefined;
  }
};

/**
 * The user for the server's processes: ourselves, or for root the owner of a cluster that exists (who may have made it
 * as themselves), else `postgres`, else `nobody`.
 */
export const serverUser = async (cluster?: string): Promise<ServerUser> => {
  if (process.getuid?.() !== 0) return {};
  const existing = cluster === undefined ? undefined : await owner(cluster);
  if (existing !== undefined && existing.uid !== 0) return existing;
  for (const name of candidates) {
    try {
      return { uid: await numberOf('-u', name), gid: await numberOf('-g', name) };
    } catch {
      // Not on this machine: the next one.
    }
  }
  throw new PostgresStartError(`PostgreSQL does not run as root, and this machine has no user ${candidates.join(' or ')}.`);
};

/** Whether the user may use the folder under its name, which below another's private home they may not. */
export const canEnter = async (user: ServerUser, folder: string): Promise<boolean> => {
  if (user.uid === undefined) return true;
  try {
    await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...user, cwd: '/', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
};
