import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import type { Observable } from 'rxjs';

import { problems, unavailable } from './problem.js';

/** The header in which the front door says what the caller has seen acknowledged already. */
export const minPositionHeader = 'cairn-min-position';

export const minPositionWait_ms = 5_000;

/** `<scope>:<position>` */
export interface PositionToken {
  readonly scope: string;
  readonly position: string;
}

/** Did not get there in time. */
export class PositionNotReachedError extends Error {
  override readonly name = 'PositionNotReachedError';
}

/** Knows up to where what this service reads has been applied. */
export abstract class PositionWaiter {
  /**
   * Resolves once everything of the scope up to the position is in what this service reads; false when the service
   * reads nothing of that scope, so that there is nothing to wait for.
   * @throws PositionNotReachedError after `timeout_ms`
   */
  abstract waitFor(token: PositionToken, timeout_ms: number): Promise<boolean>;
}

const tokensOf = (text: string): readonly PositionToken[] =>
  text.split(',').map((part) => {
    const token = /^([a-z][a-z-]{0,40}):(\S{1,100})$/.exec(part.trim());
    if (!token?.[1] || !token[2]) {
      throw problems.badInput('min-position takes what a command answered as "position".', [
        { field: 'min-position', detail: 'Send for example scaling-plan:42' },
      ]);
    }
    return { scope: token[1], position: token[2] };
  });

/** Holds a request until what it reads has the position it asks for applied, at most 5 s; then 503 with `Retry-After`. */
@Injectable()
export class MinPositionInterceptor implements NestInterceptor {
  constructor(private readonly waiter: PositionWaiter) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const asked = request.query['min-position'];
    const given = [typeof asked === 'string' ? asked : undefined, request.header(minPositionHeader)];
    const deadline = Date.now() + minPositionWait_ms;
    for (const text of given) {
      for (const token of text === undefined ? [] : tokensOf(text)) {
        await this.wait(token, deadline - Date.now());
      }
    }
    return next.handle();
  }

  private async wait(token: PositionToken, timeout_ms: number): Promise<void> {
    try {
      await this.waiter.waitFor(token, Math.max(timeout_ms, 0));
    } catch (error) {
      if (!(error instanceof PositionNotReachedError)) throw error;
      throw unavailable(`This does not yet show what was recorded up to ${token.scope}:${token.position}. Try again shortly.`);
    }
  }
}
