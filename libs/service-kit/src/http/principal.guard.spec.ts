import { EventEmitter, on } from 'node:events';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';

import { testIdentity } from '../testing/test-identity.js';
import { RequestClock } from '../time/request-clock.js';
import { simulatedNowHeader, simulatedTime } from '../time/simulated-time.js';
import { PrincipalGuard } from './principal.guard.js';
import { JwtVerifier } from './token-verifier.js';

const past = '2020-01-01T00:00:00.000Z';

describe('the clock of a request', () => {
  const { identity, tokenOf } = testIdentity();
  let guard: PrincipalGuard;
  beforeAll(async () => {
    guard = new PrincipalGuard(await JwtVerifier.open(identity), new Reflector());
  });

  /** A request that says that it is another time: what time it is within it, whenever it looks, until it is answered. */
  const begin = async (token: string, said = past): Promise<{ readonly now: () => Promise<string>; readonly answer: (statusCode?: number) => void }> => {
    const headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}`, [simulatedNowHeader]: said };
    const request = { params: {}, header: (name: string) => headers[name] };
    const response = new EventEmitter();
    const context = new ExecutionContextHost([request], PrincipalGuard, PrincipalGuard.prototype.canActivate);
    const looks = new EventEmitter();
    await new Promise<void>((resolve, reject) => {
      const within = async (): Promise<void> => {
        await guard.canActivate(context);
        void (async () => {
          for await (const [told] of on(looks, 'look')) (told as (now: string) => void)(new RequestClock().now());
        })();
        resolve();
      };
      simulatedTime(request as never, response as never, () => void within().catch(reject));
    });
    return { now: () => new Promise((resolve) => looks.emit('look', resolve)), answer: (statusCode = 200) => void Object.assign(response, { statusCode }).emit('finish') };
  };
  const nowFor = async (token: string, said?: string): Promise<string> => {
    const { now, answer } = await begin(token, said);
    const time = await now();
    answer();
    return time;
  };

  test('is set by the loader of the sample alone', async () => {
    expect(await nowFor(tokenOf('operator', '*', { simulatesClock: true }))).toBe(past);
    expect(await nowFor(tokenOf('operator', '*'))).not.toBe(past);
  });

  test('stays as it was set until the request is answered, whatever others do', async () => {
    const token = tokenOf('operator', '*', { simulatesClock: true });
    const [first, second] = [await begin(token), await begin(token, '2021-01-01T00:00:00.000Z')];
    first.answer();
    expect(await second.now()).toBe('2021-01-01T00:00:00.000Z');
    second.answer();
    expect(await nowFor(token)).toBe(past);
  });

  test('stays as it was set in what goes on although it was given up', async () => {
    const token = tokenOf('operator', '*', { simulatesClock: true });
    const late = await begin(token);
    late.answer(503);
    await nowFor(token);
    expect(await late.now()).toBe(past);
  });

  test('is not set to what is no instant', async () => {
    expect(await nowFor(tokenOf('operator', '*', { simulatesClock: true }), '2020')).not.toBe('2020');
  });
});
