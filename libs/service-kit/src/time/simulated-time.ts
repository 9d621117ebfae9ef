import { AsyncLocalStorage } from 'node:async_hooks';

import type { NextFunction, Request, Response } from 'express';

/** The header in which the loader of the sample says what time it is. */
export const simulatedNowHeader = 'cairn-simulated-now';

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Empty until somebody who may has said what time it is. */
const storage = new AsyncLocalStorage<{ now?: string }>();

/** Requests that brought a time and may still run. One whose caller went away, or that was given up, stays among them. */
let open = 0;

/** The time that the request which runs brings with it; undefined where the machine's clock counts. */
export const simulatedNow = (): string | undefined => storage.getStore()?.now;

/**
 * Express middleware: makes room for the time of a request that names one. The others do without: as long as there is room
 * for any, Node pays for it at every promise.
 */
export const simulatedTime = (request: Request, response: Response, next: NextFunction): void => {
  if (request.header(simulatedNowHeader) === undefined) return next();
  open += 1;
  response.once('finish', () => {
    if (response.statusCode >= 500) return;
    open -= 1;
    if (open === 0) storage.disable();
  });
  storage.run({}, next);
};

/** From now on it is, for this request, what it says. Only for a principal that may simulate the clock. */
export const takeSimulatedTime = (request: Request): void => {
  const [said, time] = [request.header(simulatedNowHeader), storage.getStore()];
  if (said !== undefined && time !== undefined && instant.test(said)) time.now = said;
};
