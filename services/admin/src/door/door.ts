import { ProblemException, problems, seenPositionHeader, simulatedNowHeader, unavailable } from '@cairn/service-kit';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

import { tokenInCookie } from '../session/session-cookie.js';
import { answerProblem, safeMethods } from './answer-problem.js';

/**
 * A page of another origin can make a browser send the cookie, but not this header without asking first, which
 * nobody answers here.
 */
const requireOwnPage = (request: Request): void => {
  if (safeMethods.has(request.method) || request.header('x-requested-with') === 'cairn') return;
  throw problems.forbidden('With a session cookie, send the header "X-Requested-With: cairn". Scripts send a bearer token.');
};

/** Turns the session cookie into the bearer token that services understand; no cookie gets past the door. */
const identify = (request: Request): void => {
  const token = tokenInCookie(request);
  delete request.headers.cookie;
  if (token === undefined || request.headers.authorization !== undefined) return;
  requireOwnPage(request);
  request.headers.authorization = `Bearer ${token}`;
};

/** Express middleware in front of everything: identity, and what the door alone may say. */
export const doorkeeper = (gate: () => string | undefined): RequestHandler => {
  return (request: Request, response: Response, next: NextFunction): void => {
    try {
      identify(request);
      delete request.headers[seenPositionHeader];
      delete request.headers[simulatedNowHeader];
      const shut = request.path.startsWith('/api/districts') ? gate() : undefined;
      if (shut !== undefined) throw unavailable(shut, 2);
      next();
    } catch (error) {
      if (error instanceof ProblemException) answerProblem(response, error);
      else next(error);
    }
  };
};
