import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { stillRuns } from '../process-identity.js';
import type { ProcessIdentity } from '../process-identity.js';
import { testFolder } from './test-folder.js';

/** A folder for one test, and its end: whatever server still runs in it is ended first. */
export interface Scratch {
  readonly dataDir: string;
  remove(): Promise<void>;
}

export const scratch = async (): Promise<Scratch> => {
  const dataDir = await testFolder();
  return {
    dataDir,
    remove: async () => {
      const pid = await postmasterPid(dataDir);
      if (pid !== undefined) {
        signal(pid, 'SIGKILL');
        await untilEnded({ pid, started: undefined });
      }
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // Ended already.
  }
};

export const postmasterPid = async (dataDir: string): Promise<number | undefined> => {
  const text = await readFile(join(dataDir, 'pg18', 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text.split('\n')[0]);
};

/** Waits until `holds` does. @throws after 60 s, with the words for what was waited for. */
export const eventually = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited 60 s in vain until ${what}`);
    await sleep(20);
  }
};

export const untilEnded = (process: ProcessIdentity): Promise<void> =>
  eventually(`process ${process.pid} has ended`, async () => !(await stillRuns(process)));

export const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};
