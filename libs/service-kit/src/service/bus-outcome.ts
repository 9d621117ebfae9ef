import { Catch } from '@nestjs/common';
import type { CallHandler, ExceptionFilter, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError, tap, throwError } from 'rxjs';
import type { Observable } from 'rxjs';

import { BusContext } from './bus-context.js';

export type Outcome = { readonly ran: true } | { readonly failure: unknown };

/**
 * Sees how each handler ended, inside of every filter: Nest would hand on a failure as "Internal server error", and a
 * filter may turn it into an answer, but a batch that failed must not count as applied.
 */
export class BusOutcomes implements NestInterceptor {
  private readonly outcomes = new WeakMap<BusContext, Outcome>();

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const context = execution.switchToRpc().getContext<BusContext>();
    return next.handle().pipe(
      catchError((failure: unknown) => {
        this.outcomes.set(context, { failure });
        return throwError(() => failure);
      }),
      tap({ complete: () => this.outcomes.set(context, { ran: true }) }),
    );
  }

  /** How the handler ended that was given the context; undefined when it was not called. */
  of(context: BusContext): Outcome | undefined {
    return this.outcomes.get(context);
  }
}

/** Lets every failure through as it is. */
@Catch()
export class FailuresComeThrough implements ExceptionFilter {
  catch(failure: unknown): never {
    throw failure;
  }
}
