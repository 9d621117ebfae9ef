import { setTimeout as sleep } from 'node:timers/promises';
import { AlreadyRunningError, takeOwnership } from '@cairn/embedded-postgres';
import type { OwnerLock } from '@cairn/embedded-postgres';

const limit_ms = 120_000;

const take = async (dir: string, purpose: string): Promise<OwnerLock> => {
  const deadline = Date.now() + limit_ms;
  for (;;) {
    try {
      return await takeOwnership(dir, purpose);
    } catch (error) {
      if (!(error instanceof AlreadyRunningError) || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
};

/** Does this while no other start or stop works on the folder; waits for one that does. @throws AlreadyRunningError after 2 minutes */
export const alone = async (dir: string, purpose: string, action: () => Promise<void>): Promise<void> => {
  const lock = await take(dir, purpose);
  try {
    await action();
  } finally {
    await lock.release();
  }
};
