import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file.js';
import { DataDirectoryError } from './errors.js';

/** What outlives a run: the superuser's password, and the port, so that addresses written elsewhere stay true. */
export interface ServerState {
  readonly password: string;
  readonly port?: number;
}

export const stateFile = (dataDir: string): string => join(dataDir, 'postgres.json');

/** The state that was kept; undefined when there is none yet. @throws DataDirectoryError when it cannot be read. */
export const readState = async (dataDir: string): Promise<ServerState | undefined> => {
  const path = stateFile(dataDir);
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as { password?: unknown; port?: unknown } | null;
    if (typeof value?.password !== 'string') throw new Error('no password in it');
    return { password: value.password, ...(typeof value.port === 'number' ? { port: value.port } : {}) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DataDirectoryError(`${path}, which holds the password of the database, cannot be read: ${String(cause)}`, { cause });
  }
};

/** Keeps the state where only its owner reads it (mode 0600). */
export const writeState = (dataDir: string, state: ServerState): Promise<void> =>
  writeAtomically(stateFile(dataDir), `${JSON.stringify(state, undefined, 2)}\n`);

export const newPassword = (): string => randomBytes(24).toString('base64url');
