import { setTimeout as sleep } from 'node:timers/promises';

/** How long something that has to happen may take; generous, since machines are busy. CAIRN_PATIENCE_MS says otherwise. */
export const patience_ms = Number(process.env['CAIRN_PATIENCE_MS'] ?? 120_000);

/**
 * Waits until `condition` answers something true. A condition that throws has not come true yet.
 * @throws Error that says what was waited for, with the last failure as its cause
 */
export const until = async <Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  timeout_ms = patience_ms,
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
