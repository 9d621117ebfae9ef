import { setTimeout as pause } from 'node:timers/promises';

/** Something did not become ready in time; the message says what it lacked last. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

const lackOf = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? undefined : await response.text();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Resolves once every address says that it is ready. @throws NotReadyError after `timeout_ms` */
export const untilReady = async (urls: readonly string[], { timeout_ms }: { readonly timeout_ms: number }): Promise<void> => {
  const deadline = Date.now() + timeout_ms;
  for (const url of urls) {
    for (;;) {
      const lack = await lackOf(url);
      if (lack === undefined) break;
      if (Date.now() > deadline) throw new NotReadyError(`${url} is not ready: ${lack}`);
      await pause(50);
    }
  }
};
