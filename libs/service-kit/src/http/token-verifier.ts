import { importSPKI, jwtVerify } from 'jose';
import type { JWTPayload, CryptoKey } from 'jose';
import { z } from 'zod';

import { IssuerAwayError, IssuerKeys } from './issuer-keys.js';
import type { IssuerKeysOptions } from './issuer-keys.js';
import type { Principal } from './principal.js';
import { roles } from './principal.js';

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  name: z.string().min(1).max(200).optional(),
  roles: z.array(z.enum(roles)),
  districts: z.union([z.literal('*'), z.array(z.string())]),
  simulatesClock: z.boolean().optional(),
});

/** The audience that every token for this platform names. */
export const tokenAudience = 'cairn';

export type IdentityConfig =
  | { readonly mode: 'local'; readonly issuer: string; readonly publicKeyPem: string }
  | { readonly mode: 'oidc'; readonly issuer: string; readonly jwksUri: string };

/** Turns a bearer token into a principal. */
export abstract class TokenVerifier {
  /** Undefined when the token is not worth one. @throws IssuerAwayError when that cannot be told now */
  abstract verify(token: string): Promise<Principal | undefined>;
  /** Why tokens may not be told good from bad, in words; undefined when all is well. */
  get trouble(): string | undefined {
    return undefined;
  }
}

const principalOf = (payload: JWTPayload, mayClock: boolean): Principal | undefined => {
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) return undefined;
  const { sub, name, districts } = claims.data;
  return {
    personId: sub,
    name: name ?? sub,
    roles: claims.data.roles,
    districts,
    simulatesClock: mayClock && claims.data.simulatesClock === true,
  };
};

const remembered_ms = 60_000;
const rememberedMax = 1_000;

/** Verifies JWTs with `jose`; a verified token is remembered for a minute, because a page asks many times. */
export class JwtVerifier extends TokenVerifier {
  private readonly seen = new Map<string, { readonly principal: Principal; readonly until: number }>();

  private constructor(
    private readonly key: CryptoKey | IssuerKeys,
    private readonly identity: IdentityConfig,
  ) {
    super();
  }

  static async open(identity: IdentityConfig, options?: IssuerKeysOptions): Promise<JwtVerifier> {
    const key =
      identity.mode === 'local'
        ? await importSPKI(identity.publicKeyPem, 'EdDSA')
        : new IssuerKeys(new URL(identity.jwksUri), options);
    return new JwtVerifier(key, identity);
  }

  override get trouble(): string | undefined {
    return this.key instanceof IssuerKeys ? this.key.trouble : undefined;
  }

  async verify(token: string): Promise<Principal | undefined> {
    const known = this.seen.get(token);
    if (known && known.until > Date.now()) return known.principal;
    this.seen.delete(token);
    try {
      const options = { issuer: this.identity.issuer, audience: tokenAudience, requiredClaims: ['sub', 'exp'] };
      const { payload } =
        this.key instanceof IssuerKeys ? await jwtVerify(token, this.key.keyOf, options) : await jwtVerify(token, this.key, options);
      const principal = principalOf(payload, this.identity.mode === 'local');
      if (principal) this.remember(token, principal, payload.exp);
      return principal;
    } catch (error) {
      if (error instanceof IssuerAwayError) throw error;
      return undefined;
    }
  }

  private remember(token: string, principal: Principal, expires_s: number | undefined): void {
    if (this.seen.size >= rememberedMax) this.seen.clear();
    const until = Math.min(Date.now() + remembered_ms, (expires_s ?? Infinity) * 1_000);
    this.seen.set(token, { principal, until });
  }
}
