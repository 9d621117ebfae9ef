import { z } from 'zod';

import type { IdentityConfig } from '../http/token-verifier.js';
import type { LogLevel } from './logging.js';

/** What every service is started with. */
export interface ServiceConfig {
  /** A role that may become the service's role (`SET ROLE`), or the service's own login. */
  readonly databaseUrl: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly identity: IdentityConfig;
  readonly logLevel: LogLevel;
}

/** The configuration misses something without which the platform must not start. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const environmentSchema = z.object({
  DATABASE_URL: z.string({ error: 'It is not set' }).regex(/^postgres(ql)?:\/\//, 'Give a PostgreSQL URL (postgresql://user:password@host:5432/database)'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  OIDC_ISSUER: z.url().optional(),
  OIDC_JWKS_URI: z.url().optional(),
  CAIRN_LOCAL_PUBLIC_KEY: z.string().optional(),
});

/** The issuer that local mode signs its tokens as. */
export const localIssuer = 'urn:cairn:local';

/**
 * Who is believed about who somebody is: local mode's own key, or an OIDC issuer.
 * @throws ConfigurationError when there is neither, because nobody could sign in, or worse, everybody; or both, because one would be ignored
 */
export const identityFrom = (environment: NodeJS.ProcessEnv): IdentityConfig => {
  const { CAIRN_LOCAL_PUBLIC_KEY, OIDC_ISSUER, OIDC_JWKS_URI } = environment;
  if (CAIRN_LOCAL_PUBLIC_KEY && (OIDC_ISSUER || OIDC_JWKS_URI)) {
    throw new ConfigurationError('Believe one issuer only: set CAIRN_LOCAL_PUBLIC_KEY, or OIDC_ISSUER and OIDC_JWKS_URI.');
  }
  if (CAIRN_LOCAL_PUBLIC_KEY) return { mode: 'local', issuer: localIssuer, publicKeyPem: CAIRN_LOCAL_PUBLIC_KEY };
  if (OIDC_ISSUER && OIDC_JWKS_URI) return { mode: 'oidc', issuer: OIDC_ISSUER, jwksUri: OIDC_JWKS_URI };
  throw new ConfigurationError(
    'Outside of local mode an OpenID Connect issuer is needed: set OIDC_ISSUER and OIDC_JWKS_URI. For one machine, use: npm start',
  );
};

/** The configuration of a service that runs alone, from its environment. @throws ConfigurationError naming each variable */
export const configFrom = (environment: NodeJS.ProcessEnv): ServiceConfig => {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationError(`The environment does not fit. ${issues.join('; ')}`);
  }
  const { DATABASE_URL, HOST, PORT, LOG_LEVEL } = parsed.data;
  return { databaseUrl: DATABASE_URL, host: HOST, port: PORT, logLevel: LOG_LEVEL, identity: identityFrom(environment) };
};
