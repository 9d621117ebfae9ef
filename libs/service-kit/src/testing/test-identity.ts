import { generateKeyPairSync, sign } from 'node:crypto';

import type { Role } from '../http/principal.js';
import type { IdentityConfig } from '../http/token-verifier.js';
import { tokenAudience } from '../http/token-verifier.js';
import { localIssuer } from '../service/identity-config.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export interface TestIdentity {
  readonly identity: IdentityConfig;
  /** A token that is good for an hour; its subject is `person-<role>`. */
  tokenOf(role: Role, districts: '*' | readonly string[], more?: { readonly simulatesClock?: boolean }): string;
}

/** An issuer with a key of its own, for services under test. */
export const testIdentity = (): TestIdentity => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    identity: { mode: 'local', issuer: localIssuer, publicKeyPem },
    tokenOf: (role, districts, more = {}) => {
      const exp = Math.floor(Date.now() / 1_000) + 3_600;
      const claims = { sub: `person-${role}`, roles: [role], districts, iss: localIssuer, aud: tokenAudience, exp, ...more };
      const signed = `${part({ alg: 'EdDSA' })}.${part(claims)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
};
