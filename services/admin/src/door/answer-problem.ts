import type { ServerResponse } from 'node:http';

import type { ProblemException } from '@cairn/service-kit';

/** Methods that change nothing. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Answers a problem from a place where no exception filter is. */
export const answerProblem = (response: ServerResponse, { problem, headers }: ProblemException): void => {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(problem.status, { ...headers, 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
};
