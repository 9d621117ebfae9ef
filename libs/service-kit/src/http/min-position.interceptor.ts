import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { tap } from 'rxjs';
import type { Observable } from 'rxjs';

import { problems, unavailable } from './problem.js';

/**
 * The header in which the front door says what was acknowledged in this district a moment ago. It is waited for, but
 * unlike `min-position` it is a courtesy: a request does not fail because what it did not ask for is late.
 */
export const seenPositionHeader = 'cairn-seen-position';

/** The header in which a command's answer repeats its position, so that the door need not read bodies. */
export const positionHeader = 'cairn-position';

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

const repeatPosition = (answer: unknown, response: Response): void => {
  if (typeof answer !== 'object' || answer === null || !('position' in answer)) return;
  if (typeof answer.position === 'string') response.setHeader(positionHeader, answer.position);
};

/** Holds a request until what it reads has the position it asks for applied, at most 5 s; then 503 with `Retry-After`. */
@Injectable()
export class MinPositionInterceptor implements NestInterceptor {
  constructor(private readonly waiter: PositionWaiter) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const asked = request.query['min-position'];
    const seen = request.header(seenPositionHeader);
    if (seen !== undefined) await this.waitForAll(seen);
    const missing = typeof asked === 'string' ? await this.waitForAll(asked) : undefined;
    if (missing) {
      throw unavailable(`This does not yet show what was recorded up to ${missing.scope}:${missing.position}. Try again shortly.`);
    }
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(tap((answer: unknown) => repeatPosition(answer, response)));
  }

  /** The first position that was not reached in time, if any. */
  private async waitForAll(text: string): Promise<PositionToken | undefined> {
    const deadline = Date.now() + minPositionWait_ms;
    for (const token of tokensOf(text)) {
      try {
        await this.waiter.waitFor(token, Math.max(deadline - Date.now(), 0));
      } catch (error) {
        if (error instanceof PositionNotReachedError) return token;
        throw error;
      }
    }
    return undefined;
  }
}
