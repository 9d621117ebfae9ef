import { freePort } from '@cairn/embedded-postgres';
import type { RunningService, ServiceConfig } from '@cairn/service-kit';

import { ServiceProcess } from './service-process.js';

const inherited = ['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'LANG', 'TZ'] as const;

/** The engines as a service reads them from its environment. */
const engineVariables = ({ kafka, eventStore }: ServiceConfig): Record<string, string | undefined> => ({
  KAFKA_BROKERS: kafka?.brokers.join(','),
  KAFKA_TOPIC_PREFIX: kafka?.topicPrefix,
  KAFKA_SSL: kafka?.ssl === true ? '1' : undefined,
  KAFKA_SASL_MECHANISM: kafka?.sasl?.mechanism,
  KAFKA_SASL_USERNAME: kafka?.sasl?.username,
  KAFKA_SASL_PASSWORD: kafka?.sasl?.password,
  EVENT_STORE_URL: eventStore?.url,
  EVENT_STORE_NAMESPACE: eventStore?.namespace,
});

/** What a service as a process is told, and what it needs of its surroundings to run at all; nothing else gets through. */
const environmentOf = (config: ServiceConfig, port: number): Record<string, string> => {
  const { databaseUrl, host, logLevel, identity } = config;
  if (identity.mode !== 'local') throw new Error('Services that are started here believe the key of this machine');
  const variables = {
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    ...engineVariables(config),
    DATABASE_URL: databaseUrl,
    HOST: host,
    PORT: String(port),
    LOG_LEVEL: logLevel,
    CAIRN_LOCAL_PUBLIC_KEY: identity.publicKeyPem,
  };
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** A service in a process of its own; `pid` is that of the one that runs now. */
export interface RunningServiceProcess extends RunningService {
  readonly pid: number | undefined;
}

/**
 * Starts each service as a process, as a district does that runs more than one machine; one that ends is started again
 * at the same address. When one cannot start, those that came up are stopped.
 */
export const startServiceProcesses = async (
  config: ServiceConfig,
  names: readonly string[],
  onLine: (line: string) => void,
): Promise<readonly RunningServiceProcess[]> => {
  const processes: ServiceProcess[] = [];
  for (const name of names) {
    processes.push(new ServiceProcess({ name, environment: environmentOf(config, await freePort(undefined, config.host)), onLine }));
  }
  try {
    return await Promise.all(
      processes.map(async (service) => {
        const url = await service.url;
        return { name: service.name, url, close: () => service.stop(), get pid() { return service.pid; } };
      }),
    );
  } catch (error) {
    await Promise.all(processes.map((service) => service.stop()));
    throw error;
  }
};
