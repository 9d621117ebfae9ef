import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

import type { NextFunction, Request, Response } from 'express';

import type { Principal } from './principal.js';

/** What is known of the request that runs. */
export interface RequestContext {
  readonly correlationId: string;
  principal?: Principal;
  /** Set only for a principal that may simulate the clock; see `RequestClock`. */
  simulatedNow?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The context of the request that runs, or undefined outside of one. */
export const currentRequest = (): RequestContext | undefined => storage.getStore();

const wellFormed = /^[\w.:-]{1,100}$/;

/** Express middleware: gives the request a correlation id (the caller's, when it is well formed) and answers it. */
export const requestContext = (request: Request, response: Response, next: NextFunction): void => {
  const asked = request.header('x-correlation-id');
  const correlationId = asked !== undefined && wellFormed.test(asked) ? asked : randomUUID();
  response.setHeader('X-Correlation-Id', correlationId);
  storage.run({ correlationId }, next);
};
