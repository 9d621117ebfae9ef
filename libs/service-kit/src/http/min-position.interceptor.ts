import { topics } from '@cairn/contracts';
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

/** How long a courtesy is waited for when the one before it did not come. */
const seenLateWait_ms = 200;

const tokensMax = 20;
const positionMax = 2n ** 63n - 1n;

const tokenIn = (part: string): PositionToken | undefined => {
  const [, scope, position] = /^([a-z][a-z-]{0,40}):(\d{1,19})$/.exec(part.trim()) ?? [];
  return scope && position && BigInt(position) <= positionMax ? { scope, position } : undefined;
};

/** The tokens of a comma separated list; undefined when one is malformed or there are more than 20. */
const tokensIn = (text: unknown): readonly PositionToken[] | undefined => {
  const tokens = typeof text === 'string' ? text.split(',').map(tokenIn) : [undefined];
  const known = tokens.filter((token) => token !== undefined);
  return known.length === tokens.length && tokens.length <= tokensMax ? known : undefined;
};

/** @throws a 400 problem */
const tokensAsked = (asked: unknown): readonly PositionToken[] => {
  const tokens = asked === undefined ? [] : tokensIn(asked);
  if (tokens) return tokens;
  throw problems.badInput('min-position takes what commands answered as "position", at most 20 of them.', [
    { field: 'min-position', detail: 'Send for example scaling-plan:42' },
  ]);
};

/** The scopes whose positions can be waited for anywhere: those of the services that publish. */
const publishingScopes: ReadonlySet<string> = new Set(Object.values(topics).map(({ name }) => name.split('.')[1] ?? ''));

const repeatPosition = (answer: unknown, response: Response): void => {
  if (typeof answer !== 'object' || answer === null || !('position' in answer)) return;
  if (typeof answer.position === 'string') response.setHeader(positionHeader, answer.position);
};

/** Holds a request until what it reads has the position it asks for applied, at most 5 s in all; then 503 with `Retry-After`. */
@Injectable()
export class MinPositionInterceptor implements NestInterceptor {
  private seenIsLate = false;

  constructor(
    private readonly waiter: PositionWaiter,
    private readonly service: string,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const asked = tokensAsked(request.query['min-position']);
    for (const { scope } of asked) this.requireScope(scope);
    const deadline = Date.now() + minPositionWait_ms;
    const seen = tokensIn(request.header(seenPositionHeader)) ?? [];
    // Who names a position knows what is needed of its scope: under load, there is always something that is newer.
    await this.waitForSeen(seen.filter(({ scope }) => !asked.some((one) => one.scope === scope)), deadline);
    const missing = await this.waitForAll(asked, deadline);
    if (missing) {
      throw unavailable(`This does not yet show what was recorded up to ${missing.scope}:${missing.position}. Try again shortly.`);
    }
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(tap((answer: unknown) => repeatPosition(answer, response)));
  }

  /** @throws a 400 problem for a scope that is none: nothing would be waited for, and the answer would seem to have it */
  private requireScope(scope: string): void {
    if (scope === this.service || publishingScopes.has(scope)) return;
    const known = [...new Set([...publishingScopes, this.service])].join(', ');
    throw problems.badInput(`Nothing is recorded under "${scope}". min-position takes positions of ${known}.`, [
      { field: 'min-position', detail: 'Send what a command answered as "position"' },
    ]);
  }

  /** While the bus is away nothing arrives, and reads go on: the first one finds out, and those after it look only briefly. */
  private async waitForSeen(tokens: readonly PositionToken[], deadline: number): Promise<void> {
    if (tokens.length === 0) return;
    const patience_ms = this.seenIsLate ? seenLateWait_ms : minPositionWait_ms;
    this.seenIsLate = (await this.waitForAll(tokens, Math.min(deadline, Date.now() + patience_ms))) !== undefined;
  }

  /** The first position that was not reached in time, if any. */
  private async waitForAll(tokens: readonly PositionToken[], deadline: number): Promise<PositionToken | undefined> {
    for (const token of tokens) {
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
