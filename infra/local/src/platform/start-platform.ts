import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LocalTokenIssuer, startAdmin } from '@cairn/admin';
import { startDirectory } from '@cairn/directory';
import { startReporting } from '@cairn/reporting';
import { startScalingPlan } from '@cairn/scaling-plan';
import { localIssuer, provisionDatabase } from '@cairn/service-kit';
import type { LogLevel, RunningService, ServiceConfig } from '@cairn/service-kit';

import { loadSampleOnce } from '../loader/load-sample.js';
import type { ServiceUrls } from '../loader/sample-client.js';
import { samplePeople } from '../sample/index.js';
import { openDatabase } from './database.js';
import { portFor } from './free-port.js';
import { localIdentity, writeOperatorToken } from './identity.js';
import { untilRead, untilReady } from './until-ready.js';

export interface PlatformOptions {
  readonly dataDir: string;
  /** What the process is, as another one is told that comes second. */
  readonly purpose: string;
  /** 0: any free port; undefined: 3000 or the next free. */
  readonly port?: number | undefined;
  readonly databaseUrl?: string | undefined;
  /** Whether the Nashville sample is loaded into a store that holds nothing yet. */
  readonly sample: boolean;
  /** The day of the first start, which the sample ends on: YYYY-MM-DD. */
  readonly today: string;
  readonly logLevel: LogLevel;
  readonly onProgress: (message: string) => void;
}

export interface RunningPlatform {
  /** The one address. */
  readonly url: string;
  /** The operator's bearer token. */
  readonly token: string;
  /** Services drain first, the database stops last. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const webRoot = fileURLToPath(new URL('../../../../services/admin/web/dist', import.meta.url));

/** The services behind the door, by the name of their scope. */
export const storedServices = ['directory', 'scaling-plan', 'reporting'] as const;

const operator = { ...samplePeople[0], districts: '*' } as const;

/** Runs the whole platform in one process: a Nest application per service, over one database, behind one door. */
export const startPlatform = async (options: PlatformOptions): Promise<RunningPlatform> => {
  const { onProgress } = options;
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const running: { readonly name: string; close(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of running.splice(0).reverse()) await part.close();
  };
  try {
    const database = await openDatabase(dataDir, options.purpose, options.databaseUrl, onProgress);
    running.push({ name: 'database', close: () => database.stop() });
    onProgress('Preparing the database');
    await provisionDatabase(database.url, storedServices);
    const identity = await localIdentity(dataDir);
    onProgress('Starting the services');
    const services = await startServices(serviceConfig(options, database.url, identity.publicKeyPem));
    running.push(...services);
    const issuer = await LocalTokenIssuer.open(identity.privateKeyPem);
    let starting: string | undefined = 'The platform is starting.';
    const door = await startAdmin({
      host,
      port: await portFor(host, options.port),
      identity: { mode: 'local', issuer: localIssuer, publicKeyPem: identity.publicKeyPem },
      logLevel: options.logLevel,
      upstreams: services.map(({ name, url }) => ({ name, url })),
      webRoot,
      local: { people: samplePeople, privateKeyPem: identity.privateKeyPem },
      gate: () => starting,
    });
    running.push(door);
    const progress = (message: string): void => {
      starting = `${message}.`;
      onProgress(message);
    };
    const token = await issuer.issue(operator, '365d');
    await writeOperatorToken(dataDir, token);
    const urls = Object.fromEntries(services.map(({ name, url }) => [name, url])) as unknown as ServiceUrls;
    await loadSampleOnce({ databaseUrl: database.url, wanted: options.sample, today: options.today, urls, issuer, operator, onProgress: progress });
    progress('Waiting for the read models');
    await untilReady(services.map(({ url }) => url), { timeout_ms: 120_000 });
    await untilRead(urls, token, { timeout_ms: 120_000 });
    starting = undefined;
    await untilReady([door.url], { timeout_ms: 30_000 });
    await database.announce(door.url);
    return { url: door.url, token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const serviceConfig = ({ logLevel }: PlatformOptions, databaseUrl: string, publicKeyPem: string): ServiceConfig => ({
  databaseUrl,
  host,
  port: 0,
  logLevel,
  identity: { mode: 'local', issuer: localIssuer, publicKeyPem },
});

/** Starts all services at once; when one fails, those that came up are closed again. */
const startServices = async (config: ServiceConfig): Promise<readonly RunningService[]> => {
  const results = await Promise.allSettled([startDirectory(config), startScalingPlan(config), startReporting(config)]);
  const failed = results.find((result) => result.status === 'rejected');
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return started;
  await Promise.all(started.map((service) => service.close()));
  throw failed.reason;
};
