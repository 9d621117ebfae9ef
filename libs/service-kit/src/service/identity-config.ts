import { readFileSync } from 'node:fs';
import { isNativeError } from 'node:util/types';

import type { IdentityConfig } from '../http/token-verifier.js';
import { ConfigurationError } from './configuration-error.js';

/** The issuer that local mode signs its tokens as. */
export const localIssuer = 'urn:cairn:local';

/** The text of a file that a variable names, undefined when it names none. @throws ConfigurationError naming the variable */
export const textOfFile = (environment: NodeJS.ProcessEnv, name: string): string | undefined => {
  const path = environment[name];
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = isNativeError(error) && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new ConfigurationError(`${name}: The file that it names cannot be read (${why}).`, { cause: error });
  }
};

/**
 * Who is believed about who somebody is: local mode's own key (the PEM text, or the file that holds it), or an OIDC issuer.
 * @throws ConfigurationError when there is neither, because nobody could sign in, or worse, everybody; or both, because one would be ignored
 */
export const identityFrom = (environment: NodeJS.ProcessEnv): IdentityConfig => {
  const { OIDC_ISSUER, OIDC_JWKS_URI } = environment;
  const publicKeyPem = environment['CAIRN_LOCAL_PUBLIC_KEY'] || textOfFile(environment, 'CAIRN_LOCAL_PUBLIC_KEY_FILE');
  if (publicKeyPem && (OIDC_ISSUER || OIDC_JWKS_URI)) {
    throw new ConfigurationError(
      'Believe one issuer only: set CAIRN_LOCAL_PUBLIC_KEY (or CAIRN_LOCAL_PUBLIC_KEY_FILE), or OIDC_ISSUER and OIDC_JWKS_URI.',
    );
  }
  if (publicKeyPem) return { mode: 'local', issuer: localIssuer, publicKeyPem };
  if (OIDC_ISSUER && OIDC_JWKS_URI) return { mode: 'oidc', issuer: OIDC_ISSUER, jwksUri: OIDC_JWKS_URI };
  throw new ConfigurationError(
    'Outside of local mode an OpenID Connect issuer is needed: set OIDC_ISSUER and OIDC_JWKS_URI. For one machine, use: npm start',
  );
};
