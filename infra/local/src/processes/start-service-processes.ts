import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import type { RunningService, ServiceConfig } from '@cairn/service-kit';

import { ServiceProcess } from './service-process.js';

/** A port that is free now. Somebody may take it before the service does; then its start says so. */
const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** What a service as a process is told, and what it needs of its surroundings to run at all. */
const environmentOf = ({ databaseUrl, host, logLevel, identity }: ServiceConfig, port: number): Record<string, string> => {
  if (identity.mode !== 'local') throw new Error('Services that are started here believe the key of this machine');
  const engines = ['KAFKA_', 'EVENT_STORE_'].flatMap((prefix) => Object.entries(process.env).filter(([name]) => name.startsWith(prefix)));
  const inherited = ['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'LANG', 'TZ'].flatMap((name) => [[name, process.env[name]]]);
  const given = Object.fromEntries([...engines, ...inherited].filter(([, value]) => value !== undefined)) as Record<string, string>;
  return {
    ...given,
    DATABASE_URL: databaseUrl,
    HOST: host,
    PORT: String(port),
    LOG_LEVEL: logLevel,
    CAIRN_LOCAL_PUBLIC_KEY: identity.publicKeyPem,
  };
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
    processes.push(new ServiceProcess({ name, environment: environmentOf(config, await freePort(config.host)), onLine }));
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
