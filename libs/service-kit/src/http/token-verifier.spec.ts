import { generateKeyPairSync } from 'node:crypto';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';

import { ConfigurationError } from '../service/configuration-error.js';
import { identityFrom, localIssuer } from '../service/identity-config.js';
import { JwtVerifier, tokenAudience } from './token-verifier.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const unsigned = () =>
  new SignJWT({ roles: ['coach'], districts: '*' }).setProtectedHeader({ alg: 'EdDSA' }).setIssuer(localIssuer).setAudience(tokenAudience);

describe('a bearer token', () => {
  let verifier: JwtVerifier;
  beforeAll(async () => {
    verifier = await JwtVerifier.open({ mode: 'local', issuer: localIssuer, publicKeyPem });
  });

  test('that names a person and an end is believed', async () => {
    const token = await unsigned().setSubject('coach-1').setExpirationTime('1h').sign(privateKey);
    expect(await verifier.verify(token)).toMatchObject({ personId: 'coach-1', roles: ['coach'] });
  });

  test.each([
    ['without an end', () => unsigned().setSubject('coach-1')],
    ['that has ended', () => unsigned().setSubject('coach-1').setExpirationTime('-1h')],
    ['of nobody', () => unsigned().setExpirationTime('1h')],
    ['for another platform', () => unsigned().setAudience('other').setSubject('coach-1').setExpirationTime('1h')],
  ])('%s is not', async (_name, token) => {
    expect(await verifier.verify(await token().sign(privateKey))).toBeUndefined();
  });
});

describe('whose tokens are believed', () => {
  const oidc = { OIDC_ISSUER: 'https://id.example', OIDC_JWKS_URI: 'https://id.example/keys' };

  test('one issuer, and only one', () => {
    expect(identityFrom({ CAIRN_LOCAL_PUBLIC_KEY: publicKeyPem })).toMatchObject({ mode: 'local' });
    expect(identityFrom(oidc)).toMatchObject({ mode: 'oidc' });
    expect(() => identityFrom({})).toThrow(ConfigurationError);
    expect(() => identityFrom({ ...oidc, CAIRN_LOCAL_PUBLIC_KEY: publicKeyPem })).toThrow(ConfigurationError);
  });
});
