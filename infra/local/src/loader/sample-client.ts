import { setTimeout as pause } from 'node:timers/promises';

import { simulatedNowHeader } from '@cairn/service-kit';

/** Where the services that the sample is told to answer. */
export interface ServiceUrls {
  readonly directory: string;
  readonly 'scaling-plan': string;
  readonly reporting: string;
}

export interface SampleRequest {
  readonly service: keyof ServiceUrls;
  readonly path: string;
  readonly contentType: 'application/json' | 'text/csv';
  readonly body: string;
  readonly idempotencyKey: string;
  readonly recordedAt: string;
  /** A position that the service must have applied before it decides; while it has not, it answers 503. */
  readonly seen?: string | undefined;
}

const attemptsMax = 8;
const retryFirst_ms = 100;
const retryMax_ms = 5_000;
const timeout_ms = 60_000;

/** A command of the sample was refused: the sample and the rules do not fit together. */
export class SampleRefusedError extends Error {
  override readonly name = 'SampleRefusedError';
}

/** How long the service asks to wait, else a time that doubles; bounded, so that a bad header stops nobody. */
const pauseBefore_ms = (attempt: number, retryAfter: string | null): number => {
  const asked_ms = /^\d{1,4}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1_000 : retryFirst_ms * 2 ** (attempt - 1);
  return Math.min(asked_ms, retryMax_ms);
};

/** The answer, or the failure of a request that may or may not have arrived: the key makes it safe to send again. */
const send = async (url: string, init: RequestInit, signal: AbortSignal): Promise<Response | Error> => {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any([AbortSignal.timeout(timeout_ms), signal]) });
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error : new Error(String(error));
  }
};

/**
 * Issues a command of the sample through its public route, under the clock of the sample. A service that cannot answer
 * right now, or a connection that breaks, is tried again, at most 8 times in all.
 * @throws SampleRefusedError, or the reason of the abort
 */
export const issueCommand = async <Answer>(
  urls: ServiceUrls,
  token: string,
  request: SampleRequest,
  signal: AbortSignal,
): Promise<Answer> => {
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': request.contentType,
    'Idempotency-Key': request.idempotencyKey,
    [simulatedNowHeader]: request.recordedAt,
  };
  const url = new URL(`${urls[request.service]}${request.path}`);
  if (request.seen !== undefined) url.searchParams.set('min-position', request.seen);
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(url.href, { method: 'POST', headers, body: request.body }, signal);
    if (response instanceof Response && response.ok) return (await response.json()) as Answer;
    const passes = response instanceof Error || response.status === 503;
    if (!passes || attempt === attemptsMax) {
      const words = response instanceof Error ? response.message : `${response.status} ${await response.text()}`;
      throw new SampleRefusedError(`${request.path} (${request.idempotencyKey}): ${words}`);
    }
    const retryAfter = response instanceof Error ? null : response.headers.get('retry-after');
    await pause(pauseBefore_ms(attempt, retryAfter), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
};
