import { setTimeout as pause } from 'node:timers/promises';

import type { ServiceUrls } from '../loader/sample-client.js';

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

const ask = async (url: string, token: string): Promise<Response> =>
  fetch(url, { headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(15_000) });

/** The position of a service's newest record, as a token. */
const positionOf = async (service: string, url: string, token: string): Promise<string> => {
  const response = await ask(`${url}/api/services/${service}/position`, token);
  if (!response.ok) throw new NotReadyError(`${service} does not tell its position: ${response.status}`);
  return ((await response.json()) as { readonly position: string }).position;
};

/**
 * Resolves once reporting reads everything that is on record now, also what was recorded before it was last stopped.
 * @throws NotReadyError after `timeout_ms`
 */
export const untilRead = async (urls: ServiceUrls, token: string, { timeout_ms }: { readonly timeout_ms: number }): Promise<void> => {
  const deadline = Date.now() + timeout_ms;
  const heads = [await positionOf('directory', urls.directory, token), await positionOf('scaling-plan', urls['scaling-plan'], token)];
  const positions = heads.filter((head) => !head.endsWith(':0')); // nothing is on record there, so nothing is to be read
  if (positions.length === 0) return;
  for (;;) {
    const response = await ask(`${urls.reporting}/api/services/reporting/read-models?min-position=${positions.join(',')}`, token);
    if (response.ok) return;
    if (response.status !== 503 || Date.now() > deadline) throw new NotReadyError(`reporting: ${await response.text()}`);
  }
};
