import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { isEnvironmentFailure } from '@cairn/event-bus';
import { EventStoreAccessDeniedError, EventStoreUnavailableError, InvalidAppendError, InvalidReadError } from '@cairn/event-store';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';

import type { Problem } from './problem.js';
import { EngineTroubleError } from '../service/engine-trouble.js';
import { ProblemException, unavailable } from './problem.js';
import { IssuerAwayError } from './issuer-keys.js';
import { contextOf } from './request-context.js';

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not understood',
  404: 'There is nothing here',
  405: 'This method is not offered here',
  413: 'The request is too large',
  415: 'This kind of content is not understood',
};

const names: Readonly<Record<number, string>> = {
  400: 'bad-input',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
};

const ofStatus = (status: number, detail: string): Problem => ({
  type: `/problems/${names[status] ?? 'error'}`,
  title: titles[status] ?? 'The request failed',
  status,
  detail,
});

/** Body-parser errors carry a status and are safe to repeat; anything else is ours and stays in the log. */
const statusOf = (error: unknown): number | undefined => {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
};

/** The store, the bus or the database is away, or refuses the platform: nothing that the request is guilty of. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof EventStoreUnavailableError ||
  error instanceof EventStoreAccessDeniedError ||
  error instanceof EngineTroubleError ||
  isEnvironmentFailure(error);

const answerFor = (error: unknown): ProblemException | undefined => {
  if (error instanceof ProblemException) return error;
  if (error instanceof IssuerAwayError) return unavailable('Who you are cannot be told now: the issuer of tokens does not give its keys. Try again shortly.');
  if (isUnavailable(error)) {
    return unavailable('The store does not answer. Nothing is known to be changed; try again with the same Idempotency-Key.');
  }
  if (error instanceof InvalidReadError) return new ProblemException(ofStatus(400, error.message));
  if (error instanceof InvalidAppendError) return new ProblemException(ofStatus(error.tooLarge ? 413 : 400, error.message));
  if (error instanceof HttpException) return new ProblemException(ofStatus(error.getStatus(), error.message));
  const status = statusOf(error);
  return status === undefined ? undefined : new ProblemException(ofStatus(status, (error as Error).message));
};

/** Answers every failure as `application/problem+json`. What nobody foresaw is a 500 with a reference into the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const reference = contextOf(request)?.correlationId;
    const answer = answerFor(error);
    if (!answer) this.logger.error({ err: error, reference }, 'request failed');
    else if (isUnavailable(error)) this.logger.warn({ err: error, reference }, 'request met a store that is away');
    const problem = answer?.problem ?? {
      ...ofStatus(500, 'Something failed that should not. Whether anything was changed is not known.'),
      type: '/problems/internal',
    };
    if (response.headersSent) {
      response.end();
      return;
    }
    response
      .status(problem.status)
      .set(answer?.headers ?? {})
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, instance: request.originalUrl.split('?')[0], reference }));
  }
}
