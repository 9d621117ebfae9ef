import { createPublicKey } from 'node:crypto';

import { ConfigurationError, identityFrom, textOfFile } from '@cairn/service-kit';
import { z } from 'zod';

import type { AdminConfig } from './admin.service.js';
import { developmentPeople } from './session/development-people.js';

const environmentSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  CAIRN_UPSTREAMS: z
    .string({ error: 'It is not set. Name the services: directory=http://…,scaling-plan=http://…' })
    .transform((text) => text.split(',').map((pair) => pair.trim().split('=')))
    .pipe(z.array(z.tuple([z.string().min(1), z.url()])).min(1)),
  CAIRN_DEVELOPMENT_SIGN_IN: z.enum(['0', '1', ''], { error: 'Set it to 1, or leave it out' }).optional(),
});

const privateKeyFile = 'CAIRN_LOCAL_PRIVATE_KEY_FILE';

const publicKeyOf = (privateKeyPem: string): string => {
  try {
    return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new ConfigurationError(`${privateKeyFile}: The file that it names holds no private key in PEM.`, { cause });
  }
};

/** The development sign-in, when it is asked for in so many words: a key that signs must not be enough to open the door. */
const developmentFrom = (environment: NodeJS.ProcessEnv, asked: boolean): Pick<AdminConfig, 'local' | 'developmentSignIn' | 'identity'> | undefined => {
  const privateKeyPem = textOfFile(environment, privateKeyFile);
  if (!asked && privateKeyPem === undefined) return undefined;
  if (!asked) throw new ConfigurationError(`${privateKeyFile}: It is set, but CAIRN_DEVELOPMENT_SIGN_IN is not 1. Set both for development, else neither.`);
  if (privateKeyPem === undefined) throw new ConfigurationError(`${privateKeyFile}: CAIRN_DEVELOPMENT_SIGN_IN=1 needs the file of the private key that signs.`);
  const publicKeyPem = publicKeyOf(privateKeyPem);
  const given = environment['CAIRN_LOCAL_PUBLIC_KEY'] || environment['CAIRN_LOCAL_PUBLIC_KEY_FILE'];
  const identity = identityFrom(given ? environment : { ...environment, CAIRN_LOCAL_PUBLIC_KEY: publicKeyPem });
  return { identity, developmentSignIn: true, local: { people: developmentPeople, privateKeyPem } };
};

/** The configuration of a door that runs alone, from its environment. @throws ConfigurationError naming each variable */
export const adminConfigFrom = (environment: NodeJS.ProcessEnv): Omit<AdminConfig, 'webRoot'> => {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    throw new ConfigurationError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  }
  const { HOST, PORT, LOG_LEVEL, CAIRN_UPSTREAMS, CAIRN_DEVELOPMENT_SIGN_IN } = parsed.data;
  const development = developmentFrom(environment, CAIRN_DEVELOPMENT_SIGN_IN === '1');
  return {
    host: HOST,
    port: PORT,
    logLevel: LOG_LEVEL,
    upstreams: CAIRN_UPSTREAMS.map(([name, url]) => ({ name, url })),
    ...(development ?? { identity: identityFrom(environment) }),
  };
};
