import { describe, expect, test } from '@jest/globals';
import { EventBusUnavailableError } from '@cairn/event-bus';
import { EventStoreAccessDeniedError, EventStoreUnavailableError, InvalidAppendError } from '@cairn/event-store';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { pino } from 'pino';
import { QueryFailedError } from 'typeorm';

import { EngineTroubleError } from '../service/engine-trouble.js';
import { IssuerAwayError } from './issuer-keys.js';
import { ProblemFilter } from './problem.filter.js';

const failed = (message: string, code: string): Error => Object.assign(new Error(message), { code });

const answerTo = (error: unknown): { status?: number; headers?: object } => {
  const told: { status?: number; headers?: object } = {};
  const response = {
    headersSent: false,
    status: (status: number) => Object.assign(response, { told: (told.status = status) }),
    set: (headers: object) => Object.assign(response, { set: response.set, kept: (told.headers = headers) }),
    type: () => response,
    send: () => response,
  };
  new ProblemFilter(pino({ level: 'silent' })).catch(error, new ExecutionContextHost([{ originalUrl: '/api/x?y=1' }, response]));
  return told;
};

describe('what a failure is over HTTP', () => {
  test.each<[string, unknown, number]>([
    ['an append that is too large', new InvalidAppendError('1,000,001 bytes', true), 413],
    ['an append that is malformed', new InvalidAppendError('data.name holds U+0000'), 400],
    ['a fault of ours', new TypeError('x is not a function'), 500],
    ['a value that the database does not take', new QueryFailedError('INSERT', [], failed('invalid byte sequence', '22021')), 500],
  ])('%s', (_name, error, status) => {
    expect(answerTo(error).status).toBe(status);
  });

  test.each<[string, unknown]>([
    ['a store that is away', new EventStoreUnavailableError('away')],
    ['a store that refuses the platform', new EventStoreAccessDeniedError('no')],
    ['a bus that is away', new EventBusUnavailableError('away')],
    ['an engine in trouble', new EngineTroubleError('Kafka does not answer')],
    ['an issuer of tokens that is away', new IssuerAwayError('no keys')],
    ['a database that refuses connections', failed('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED')],
    ['a database that shuts down', new QueryFailedError('SELECT 1', [], failed('terminating connection', '57P01'))],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ])('%s: 503, with when to try again', (_name, error) => {
    expect(answerTo(error)).toMatchObject({ status: 503, headers: { 'Retry-After': expect.any(String) } });
  });
});
