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

  /** What time it is within a request that says that it is another. */
  const nowFor = (token: string, said = past): Promise<string> => {
    const headers: Readonly<Record<string, string>> = { authorization: `Bearer ${token}`, [simulatedNowHeader]: said };
    const request = { params: {}, header: (name: string) => headers[name] };
    const context = new ExecutionContextHost([request], PrincipalGuard, PrincipalGuard.prototype.canActivate);
    return new Promise((resolve, reject) => {
      simulatedTime(request as never, undefined as never, () => {
        guard.canActivate(context).then(() => resolve(new RequestClock().now()), reject);
      });
    });
  };

  test('is set by the loader of the sample alone', async () => {
    expect(await nowFor(tokenOf('operator', '*', { simulatesClock: true }))).toBe(past);
    expect(await nowFor(tokenOf('operator', '*'))).not.toBe(past);
  });

  test('is not set to what is no instant', async () => {
    expect(await nowFor(tokenOf('operator', '*', { simulatesClock: true }), '2020')).not.toBe('2020');
  });
});
