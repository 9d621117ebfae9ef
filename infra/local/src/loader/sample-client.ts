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
  /** A position that the service must have applied before it decides. */
  readonly seen?: string | undefined;
}

const attemptsMax = 5;
const timeout_ms = 60_000;

/** A command of the sample was refused: the sample and the rules do not fit together. */
export class SampleRefusedError extends Error {
  override readonly name = 'SampleRefusedError';
}

/** Issues a command of the sample through its public route, under the clock of the sample. */
export const issueCommand = async <Answer>(urls: ServiceUrls, token: string, request: SampleRequest): Promise<Answer> => {
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': request.contentType,
    'Idempotency-Key': request.idempotencyKey,
    [simulatedNowHeader]: request.recordedAt,
    ...(request.seen === undefined ? {} : { 'cairn-seen-position': request.seen }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${urls[request.service]}${request.path}`, {
      method: 'POST',
      headers,
      body: request.body,
      signal: AbortSignal.timeout(timeout_ms),
    });
    if (response.ok) return (await response.json()) as Answer;
    const text = await response.text();
    if (response.status !== 503 || attempt === attemptsMax) {
      throw new SampleRefusedError(`${request.path} (${request.idempotencyKey}): ${response.status} ${text}`);
    }
  }
};
