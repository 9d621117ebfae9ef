import { QueryCache, QueryClient } from '@tanstack/react-query';

import { ApiProblem, isStatusOf } from './problem.js';

const triesMax = 4;

/** A refusal is an answer and is not asked again; a read model that lags, and a service that does not answer, are. */
const shallRetry = (failures: number, error: unknown): boolean =>
  failures < triesMax && (!(error instanceof ApiProblem) || error.status === 503 || error.status === 429);

const waitBefore = (failures: number, error: unknown): number =>
  (error instanceof ApiProblem ? error.retryAfter_ms : undefined) ?? Math.min(300 * 2 ** failures, 4_000);

/** `onSignedOut` runs when any read is answered with 401. */
export const makeQueryClient = (onSignedOut: () => void): QueryClient =>
  new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (isStatusOf(error, 401) && query.queryKey[0] !== 'session') onSignedOut();
      },
    }),
    defaultOptions: {
      queries: { retry: shallRetry, retryDelay: waitBefore, staleTime: 15_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
