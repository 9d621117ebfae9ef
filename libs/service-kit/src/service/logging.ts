import type { LoggerService } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

import { contextOf } from '../http/request-context.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const codeOf = (error: Error): object => ('code' in error && typeof error.code === 'string' ? { code: error.code } : {});

/**
 * What a log tells of a failure. Other members stay out of it: failures of the database carry the parameters of the
 * statement and the values of rows, which is what people wrote.
 */
const failure = (error: unknown): object =>
  error instanceof Error
    ? { type: error.constructor.name, message: error.message, stack: error.stack, ...codeOf(error) }
    : { type: typeof error, ...(typeof error === 'string' ? { message: error } : {}) };

/** Structured logs, a JSON object a line. Bodies, tokens and cookies never get into one. */
export const openLogger = (service: string, level: LogLevel, destination: DestinationStream = pino.destination(1)): Logger =>
  pino(
    {
      level,
      base: { service },
      serializers: { err: failure },
      redact: ['*.authorization', '*.cookie', '*.password', '*.connectionString'],
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );

const text = (message: unknown): string => (typeof message === 'string' ? message : JSON.stringify(message));

/** Nest's own messages, in the same log. What Nest tells of its start-up is of interest to those who debug it. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => logger.debug(text(message)),
  debug: (message: unknown) => logger.debug(text(message)),
  verbose: (message: unknown) => logger.debug(text(message)),
  warn: (message: unknown) => logger.warn(text(message)),
  error: (message: unknown, stack?: unknown) => logger.error({ stack }, text(message)),
  fatal: (message: unknown, stack?: unknown) => logger.fatal({ stack }, text(message)),
});

/** Express middleware: one line a request, without its query, which may name people. */
export const requestLog =
  (logger: Logger) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const started_ms = performance.now();
    const correlationId = contextOf(request)?.correlationId;
    response.once('finish', () => {
      const duration_ms = Math.round((performance.now() - started_ms) * 10) / 10;
      const path = request.originalUrl.split('?')[0];
      logger.info({ method: request.method, path, status: response.statusCode, duration_ms, correlationId }, 'request');
    });
    next();
  };
