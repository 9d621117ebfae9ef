import { generateKeyPairSync, sign } from 'node:crypto';

import { localIssuer, tokenAudience } from '@cairn/service-kit';
import type { IdentityConfig, Role } from '@cairn/service-kit';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key of its own, and the tokens that it signs. */
export const testIdentity = (): {
  readonly identity: IdentityConfig;
  readonly tokenOf: (role: Role, districts: '*' | readonly string[]) => string;
} => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    identity: { mode: 'local', issuer: localIssuer, publicKeyPem },
    tokenOf: (role, districts) => {
      const exp = Math.floor(Date.now() / 1_000) + 3_600;
      const claims = { sub: `person-${role}`, roles: [role], districts, iss: localIssuer, aud: tokenAudience, exp };
      const signed = `${part({ alg: 'EdDSA' })}.${part(claims)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
};
