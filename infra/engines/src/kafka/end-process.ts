import { setTimeout as sleep } from 'node:timers/promises';
import { stillRuns } from '@cairn/embedded-postgres';
import type { ProcessIdentity } from '@cairn/embedded-postgres';
import { EngineStopError } from '../errors.js';

const pollInterval_ms = 20;

const untilGone = async (identity: ProcessIdentity, timeout_ms: number): Promise<boolean> => {
  const deadline = Date.now() + timeout_ms;
  while (await stillRuns(identity)) {
    if (Date.now() > deadline) return false;
    await sleep(pollInterval_ms);
  }
  return true;
};

const signal = async (identity: ProcessIdentity, name: NodeJS.Signals): Promise<void> => {
  if (!(await stillRuns(identity))) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Kills that very process and waits until it is gone; nothing happens when it is gone already. @throws EngineStopError */
export const killProcess = async (identity: ProcessIdentity): Promise<void> => {
  await signal(identity, 'SIGKILL');
  if (!(await untilGone(identity, 10_000))) throw new EngineStopError(`Process ${identity.pid} did not end within 10 s of being killed.`);
};

/** Asks that very process to end, and kills it when it has not after `timeout_ms`. @throws EngineStopError */
export const stopProcess = async (identity: ProcessIdentity, timeout_ms: number): Promise<void> => {
  await signal(identity, 'SIGTERM');
  if (!(await untilGone(identity, timeout_ms))) await killProcess(identity);
};
