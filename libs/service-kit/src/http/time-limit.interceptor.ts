import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { throwError, timeout } from 'rxjs';
import type { Observable } from 'rxjs';

import { unavailable } from './problem.js';

/** Engines are given up after 10 s each, most of them long before; whoever asks is told by then. */
export const requestLimit_ms = 15_000;

/** A file with the rows of a whole district is many commands. */
export const fileLimit_ms = 60_000;

/** Answers 503 with `Retry-After` when a request takes too long: a server that is frozen holds nobody up. */
@Injectable()
export class TimeLimitInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const isFile = context.switchToHttp().getRequest<Request>().header('content-type')?.startsWith('text/csv') === true;
    const limit_ms = isFile ? fileLimit_ms : requestLimit_ms;
    const late = (): Observable<never> => throwError(() => unavailable(tooLate(limit_ms), 5));
    return next.handle().pipe(timeout({ first: limit_ms, with: late }));
  }
}

const tooLate = (limit_ms: number): string =>
  `This was not done within ${limit_ms / 1_000} s. Whether anything was changed is not known; try again with the same Idempotency-Key.`;
