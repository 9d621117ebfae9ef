import { createLocalJWKSet, createRemoteJWKSet, errors } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** The issuer does not give its keys now, and those that are known do not settle whether the token is good. */
export class IssuerAwayError extends Error {
  override readonly name = 'IssuerAwayError';
}

/** What jose says of a token, and not of the way to the keys. */
const isOfToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported;

export interface IssuerKeysOptions {
  readonly timeout_ms?: number;
  /** How long keys are believed without asking for them again; default 10 minutes. */
  readonly fresh_ms?: number;
  /** How soon the issuer is asked again that has just failed. */
  readonly pause_ms?: number;
  /** How long keys are believed that the issuer does not confirm: about as long as its tokens last. */
  readonly unconfirmed_ms?: number;
}

/**
 * The keys of an issuer by their address. While it is away, those that it gave last go on to be believed for a while: its
 * outage is no reason to send everybody away who has a good token, nor to take a good token for a bad one.
 */
export class IssuerKeys {
  private readonly remote: ReturnType<typeof createRemoteJWKSet>;
  private confirmedAt_ms = -Infinity;
  private failed: { readonly at_ms: number; readonly error: IssuerAwayError } | undefined;

  constructor(
    private readonly uri: URL,
    private readonly options: IssuerKeysOptions = {},
  ) {
    this.remote = createRemoteJWKSet(uri, { timeoutDuration: options.timeout_ms ?? 3_000, cacheMaxAge: options.fresh_ms ?? 600_000 });
  }

  /** Why the keys are not to be had, in words; undefined when all is well. */
  get trouble(): string | undefined {
    return this.failed?.error.message;
  }

  /** As jose asks for the key of a token. @throws IssuerAwayError, else what jose says of the token */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    const { pause_ms = 5_000 } = this.options;
    if (this.failed !== undefined && performance.now() - this.failed.at_ms < pause_ms) return this.knownKeyOf(this.failed.error)(header, token);
    try {
      const key = await this.remote(header, token);
      this.confirmed();
      return key;
    } catch (cause) {
      if (isOfToken(cause)) {
        this.confirmed();
        throw cause;
      }
      const error = new IssuerAwayError(`The issuer of tokens does not give its keys at ${this.uri.host}. Check that it is well, and OIDC_JWKS_URI.`, { cause });
      this.failed = { at_ms: performance.now(), error };
      return this.knownKeyOf(error)(header, token);
    }
  };

  private confirmed(): void {
    this.failed = undefined;
    this.confirmedAt_ms = performance.now();
  }

  private knownKeyOf(away: IssuerAwayError): JWTVerifyGetKey {
    const { unconfirmed_ms = 3_600_000 } = this.options;
    const known: JSONWebKeySet | undefined = performance.now() - this.confirmedAt_ms < unconfirmed_ms ? this.remote.jwks() : undefined;
    if (known === undefined) throw away;
    const keyOf = createLocalJWKSet(known);
    return async (header, token) => {
      try {
        return await keyOf(header, token);
      } catch (error) {
        // It may have a newer key by now.
        if (error instanceof errors.JWKSNoMatchingKey) throw away;
        throw error;
      }
    };
  }
}
