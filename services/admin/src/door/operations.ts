import { z } from 'zod';

import type { Upstream } from './upstreams.js';

const answerSchema = z.looseObject({ service: z.string(), ready: z.boolean() });
const problemSchema = z.looseObject({ detail: z.string() });

type Answer = z.infer<typeof answerSchema>;

/** Shorter than people wait: a service that is frozen must not hide the others. */
const limit_ms = 5_000;

const away = (service: string, reason: string): Answer => ({ service, ready: false, failures: [{ name: 'service', reason }] });

const reasonIn = (status: number, body: unknown): string => {
  const problem = problemSchema.safeParse(body);
  return problem.success ? problem.data.detail : `answers with ${status}`;
};

/** How each service says that it is, in the order of the wiring; one that does not answer is told as that. */
export const lookAtAll = (upstreams: readonly Upstream[], authorization: string): Promise<readonly Answer[]> =>
  Promise.all(upstreams.map((upstream) => lookAt(upstream, authorization)));

const lookAt = async ({ name, url }: Upstream, authorization: string): Promise<Answer> => {
  try {
    const response = await fetch(`${url}/api/services/${name}/operations`, {
      headers: { authorization },
      signal: AbortSignal.timeout(limit_ms),
    });
    const body: unknown = await response.json();
    return response.ok ? answerSchema.parse(body) : away(name, reasonIn(response.status, body));
  } catch {
    return away(name, 'does not answer');
  }
};
