import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exportJWK, SignJWT } from 'jose';

import { IssuerAwayError } from './issuer-keys.js';
import type { IssuerKeysOptions } from './issuer-keys.js';
import { JwtVerifier, tokenAudience } from './token-verifier.js';

const issuer = 'https://id.example';

interface Pair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const pair = (kid: string): Pair => ({ kid, ...generateKeyPairSync('ed25519') });

describe('an issuer of tokens', () => {
  const [first, second] = [pair('first'), pair('second')];
  let server: Server;
  let given: readonly Pair[];
  let status: number;
  let asked: number;
  let made = 0;

  beforeEach(async () => {
    [given, status, asked] = [[first], 200, 0];
    server = createServer((_request, response) => {
      asked += 1;
      void Promise.all(given.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' }))).then((keys) =>
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys })),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const open = (options: IssuerKeysOptions): Promise<JwtVerifier> => {
    const { port } = server.address() as AddressInfo;
    return JwtVerifier.open({ mode: 'oidc', issuer, jwksUri: `http://127.0.0.1:${port}/keys` }, options);
  };
  /** Another one each time: a token that was verified is remembered. */
  const token = ({ kid, privateKey }: Pair, ends = '1h'): Promise<string> =>
    new SignJWT({ roles: ['coach'], districts: '*', made: (made += 1) })
      .setProtectedHeader({ alg: 'EdDSA', kid }).setIssuer(issuer).setAudience(tokenAudience).setSubject('coach-1').setExpirationTime(ends).sign(privateKey);

  test('that is away leaves good tokens what they are, and bad ones too', async () => {
    const verifier = await open({ fresh_ms: 0, pause_ms: 60_000 });
    expect(await verifier.verify(await token(first))).toMatchObject({ personId: 'coach-1' });
    expect(verifier.trouble).toBeUndefined();
    status = 500;
    expect(await verifier.verify(await token(first))).toMatchObject({ personId: 'coach-1' });
    expect(await verifier.verify(await token(first, '-1h'))).toBeUndefined();
    expect(await verifier.verify('no.token.atall')).toBeUndefined();
    expect(verifier.trouble).toMatch(/The issuer of tokens does not give its keys at 127.0.0.1:\d+/);
  });

  test('that was away from the start makes nobody a stranger, is asked now and then, and is believed once it is there', async () => {
    const verifier = await open({ fresh_ms: 0, pause_ms: 0 });
    status = 500;
    await expect(verifier.verify(await token(first))).rejects.toThrow(IssuerAwayError);
    status = 200;
    expect(await verifier.verify(await token(first))).toMatchObject({ personId: 'coach-1' });
    expect(verifier.trouble).toBeUndefined();
  });

  test('is not asked by every request while it is away', async () => {
    const verifier = await open({ fresh_ms: 0, pause_ms: 60_000 });
    status = 500;
    for (let n = 0; n < 5; n += 1) await expect(verifier.verify(await token(first))).rejects.toThrow(IssuerAwayError);
    expect(asked).toBe(1);
  });

  test('may have a key by now that is not known: who bears it is not turned away for good', async () => {
    const verifier = await open({ fresh_ms: 0, pause_ms: 60_000 });
    expect(await verifier.verify(await token(first))).toBeDefined();
    status = 500;
    await expect(verifier.verify(await token(second))).rejects.toThrow(IssuerAwayError);
  });

  test('is not believed for ever by keys that it does not confirm', async () => {
    const verifier = await open({ fresh_ms: 0, pause_ms: 0, unconfirmed_ms: 0 });
    expect(await verifier.verify(await token(first))).toBeDefined();
    status = 500;
    await expect(verifier.verify(await token(first))).rejects.toThrow(IssuerAwayError);
  });

  test('that has taken a key back is heard', async () => {
    const verifier = await open({ fresh_ms: 0 });
    expect(await verifier.verify(await token(first))).toBeDefined();
    given = [second];
    expect(await verifier.verify(await token(first))).toBeUndefined();
    expect(await verifier.verify(await token(second))).toBeDefined();
  });
});
