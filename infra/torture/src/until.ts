import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `condition` answers something true. A condition that throws has not come true yet.
 * @throws Error that says what was waited for, with the last failure as its cause
 */
export const until = async <Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  timeout_ms = 120_000,
): Promise<Value> => {
  const deadline = performance.now() + timeout_ms;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${timeout_ms} ms in vain: ${what}`, { cause });
    await sleep(10);
  }
};
