import { z } from 'zod';

import type { IdentityConfig } from '../http/token-verifier.js';
import { ConfigurationError } from './configuration-error.js';
import type { EventStoreConfig, KafkaConfig } from './engine-config.js';
import { eventStoreFrom, kafkaFrom } from './engine-config.js';
import { identityFrom } from './identity-config.js';
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
  /** Kafka as the bus; without it PostgreSQL is. */
  readonly kafka?: KafkaConfig;
  /** EventStoreDB as the record; without it PostgreSQL is. */
  readonly eventStore?: EventStoreConfig;
  /** Makes schemas and roles first, which takes the owner's `databaseUrl`. */
  readonly prepareDatabase?: boolean;
}

const environmentSchema = z.object({
  DATABASE_URL: z.string({ error: 'It is not set' }).regex(/^postgres(ql)?:\/\//, 'Give a PostgreSQL URL (postgresql://user:password@host:5432/database)'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  OIDC_ISSUER: z.url().optional(),
  OIDC_JWKS_URI: z.url().optional(),
  CAIRN_LOCAL_PUBLIC_KEY: z.string().optional(),
  CAIRN_PREPARE_DATABASE: z.enum(['0', '1', ''], { error: 'Set it to 1, or leave it out' }).optional(),
});

/** The configuration of a service that runs alone, from its environment. @throws ConfigurationError naming each variable */
export const configFrom = (environment: NodeJS.ProcessEnv): ServiceConfig => {
  const refusals: ConfigurationError[] = [];
  const part = <Part>(from: (environment: NodeJS.ProcessEnv) => Part): Part | undefined => {
    try {
      return from(environment);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      refusals.push(error);
      return undefined;
    }
  };
  const [variables, identity, engines] = [part(variablesFrom), part(identityFrom), part(enginesFrom)];
  if (!variables || !identity || !engines) {
    // All at once: who has to mend them wants to be told once.
    throw new ConfigurationError(refusals.map(({ message }) => message).join(' '), { cause: refusals[0] });
  }
  const { DATABASE_URL, HOST, PORT, LOG_LEVEL, CAIRN_PREPARE_DATABASE } = variables;
  return {
    databaseUrl: DATABASE_URL,
    host: HOST,
    port: PORT,
    logLevel: LOG_LEVEL,
    identity,
    prepareDatabase: CAIRN_PREPARE_DATABASE === '1',
    ...engines,
  };
};

const variablesFrom = (environment: NodeJS.ProcessEnv): z.infer<typeof environmentSchema> => {
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`The environment does not fit. ${issues.join('; ')}.`);
};

/** The engines that the environment names beside PostgreSQL. @throws ConfigurationError naming the variable and what to do */
export const enginesFrom = (environment: NodeJS.ProcessEnv): Pick<ServiceConfig, 'kafka' | 'eventStore'> => {
  const kafka = kafkaFrom(environment);
  const eventStore = eventStoreFrom(environment);
  return { ...(kafka === undefined ? {} : { kafka }), ...(eventStore === undefined ? {} : { eventStore }) };
};
