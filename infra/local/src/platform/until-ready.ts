import { setTimeout as pause } from 'node:timers/promises';

import type { ServiceUrls } from '../loader/sample-client.js';

/** Something did not become ready in time; the message says what it lacked last. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/** How long is waited; an abort ends it at once, with its reason. */
export interface Patience {
  readonly timeout_ms: number;
  readonly signal?: AbortSignal | undefined;
}

const never = new AbortController().signal;

const within = (timeout_ms: number, signal: AbortSignal): AbortSignal => AbortSignal.any([AbortSignal.timeout(timeout_ms), signal]);

const lackOf = async (url: string, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/api/health/ready`, { signal: within(5_000, signal) });
    return response.ok ? undefined : await response.text();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Resolves once every address says that it is ready. @throws NotReadyError after `timeout_ms` */
export const untilReady = async (urls: readonly string[], { timeout_ms, signal = never }: Patience): Promise<void> => {
  const deadline = Date.now() + timeout_ms;
  for (const url of urls) {
    for (;;) {
      signal.throwIfAborted();
      const lack = await lackOf(url, signal);
      if (lack === undefined) break;
      if (Date.now() > deadline) throw new NotReadyError(`${url} is not ready: ${lack}`);
      await pause(50);
    }
  }
};

const ask = async (url: string, token: string, signal: AbortSignal): Promise<Response> =>
  fetch(url, { headers: { Authorization: `Bearer ${token}` }, signal: within(15_000, signal) });

/** The position of a service's newest record, as a token. */
const positionOf = async (service: string, url: string, token: string, signal: AbortSignal): Promise<string> => {
  const response = await ask(`${url}/api/services/${service}/position`, token, signal);
  if (!response.ok) throw new NotReadyError(`${service} does not tell its position: ${response.status}`);
  return ((await response.json()) as { readonly position: string }).position;
};

/** Resolves once a route answers what it must have applied. @throws NotReadyError after the deadline */
const untilAnswered = async (url: string, token: string, deadline: number, signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted();
    const response = await ask(url, token, signal);
    if (response.ok) return;
    if (response.status !== 503 || Date.now() > deadline) throw new NotReadyError(`${url}: ${response.status} ${await response.text()}`);
    await pause(50);
  }
};

/**
 * Resolves once reporting reads everything that is on record now, also what was recorded before it was last stopped,
 * and the scaling plan knows what the directory has.
 * @throws NotReadyError after `timeout_ms`
 */
export const untilRead = async (urls: ServiceUrls, token: string, { timeout_ms, signal = never }: Patience): Promise<void> => {
  const deadline = Date.now() + timeout_ms;
  const directory = await positionOf('directory', urls.directory, token, signal);
  const plans = await positionOf('scaling-plan', urls['scaling-plan'], token, signal);
  await untilAnswered(`${urls['scaling-plan']}/api/services/scaling-plan/position?min-position=${directory}`, token, deadline, signal);
  await untilAnswered(`${urls.reporting}/api/services/reporting/read-models?min-position=${directory},${plans}`, token, deadline, signal);
};
