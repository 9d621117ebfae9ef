import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LocalTokenIssuer, startAdmin } from '@cairn/admin';
import { startDirectory } from '@cairn/directory';
import { startReporting } from '@cairn/reporting';
import { startScalingPlan } from '@cairn/scaling-plan';
import { closeInTime, Closers, localIssuer, provisionDatabase, startInTime } from '@cairn/service-kit';
import type { LogLevel, RunningService, ServiceConfig } from '@cairn/service-kit';

import { loadSampleOnce } from '../loader/load-sample.js';
import type { ServiceUrls } from '../loader/sample-client.js';
import { samplePeople } from '../sample/index.js';
import { openDatabase } from './database.js';
import { portFor } from './free-port.js';
import { localIdentity, writeOperatorToken } from './identity.js';
import { untilRead, untilReady } from './until-ready.js';

/** Starts the services behind the door; when one fails, none is left. */
export type StartServices = (config: ServiceConfig) => Promise<readonly RunningService[]>;

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
  /** Told once when the embedded database ends although nobody asked it to: nothing can be answered from then on. */
  readonly onDatabaseLost?: ((error: Error) => void) | undefined;
  /** Engines beside PostgreSQL; without them it is store and bus as well. */
  readonly engines?: Pick<ServiceConfig, 'kafka' | 'eventStore'> | undefined;
  /** How the services are started: all in this process unless told otherwise. */
  readonly startServices?: StartServices | undefined;
  /** Gives the start up: what was opened is closed, and the abort's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunningPlatform {
  /** The one address. */
  readonly url: string;
  /** The operator's bearer token. */
  readonly token: string;
  /** Services drain first, the database stops last. @throws StopTimedOutError when services wait for an engine that does not answer */
  stop(): Promise<void>;
}

const host = '127.0.0.1';
/** How long services of this process may take to end. Those that are processes have a limit of their own, which is shorter than theirs here. */
const stopLimit_ms = { inProcess: 10_000, asProcesses: 20_000 } as const;
const webRoot = fileURLToPath(new URL('../../../../services/admin/web/dist', import.meta.url));

/** The services behind the door, by the name of their scope. */
export const storedServices = ['directory', 'scaling-plan', 'reporting'] as const;

const operator = { ...samplePeople[0], districts: '*' } as const;

/** Runs the whole platform in one process: a Nest application per service, over one database, behind one door. */
export const startPlatform = async (options: PlatformOptions): Promise<RunningPlatform> => {
  const closers = new Closers();
  try {
    return await closers.orClose(() => openPlatform(options, closers));
  } catch (error) {
    options.signal?.throwIfAborted(); // What failed then did so because it was given up.
    throw error;
  }
};

const openPlatform = async (options: PlatformOptions, closers: Closers): Promise<RunningPlatform> => {
  const { onProgress, signal = new AbortController().signal } = options;
  setMaxListeners(0, signal); // Every request of the sample that is on its way listens for the end.
  const dataDir = resolve(options.dataDir);
  const port = await portFor(host, options.port); // Before anything is made: a taken port is found at once.
  await mkdir(dataDir, { recursive: true });
  const onLost = options.onDatabaseLost ?? (() => undefined);
  const database = await openDatabase(dataDir, options.purpose, options.databaseUrl, onProgress, onLost);
  closers.push(() => database.stop());
  signal.throwIfAborted();
  onProgress('Preparing the database');
  await provisionDatabase(database.url, storedServices);
  signal.throwIfAborted();
  const identity = await localIdentity(dataDir);
  onProgress('Starting the services');
  const { startServices = startInProcess } = options;
  const opening = startServices(serviceConfig(options, database.url, identity.publicKeyPem));
  const services = await startInTime(opening, signal, stopLimit_ms.inProcess, () => signal.reason as Error);
  closers.push(() => closeInTime(services, options.startServices ? stopLimit_ms.asProcesses : stopLimit_ms.inProcess));
  signal.throwIfAborted();
  const issuer = await LocalTokenIssuer.open(identity.privateKeyPem);
  let starting: string | undefined = 'The platform is starting.';
  const door = await startAdmin({
    host,
    port,
    identity: { mode: 'local', issuer: localIssuer, publicKeyPem: identity.publicKeyPem },
    logLevel: options.logLevel,
    upstreams: services,
    webRoot,
    local: { people: samplePeople, privateKeyPem: identity.privateKeyPem },
    gate: () => starting,
  });
  closers.push(() => door.close());
  signal.throwIfAborted();
  const progress = (message: string): void => {
    starting = `${message}.`;
    onProgress(message);
  };
  const token = await issuer.issue(operator, '365d');
  await writeOperatorToken(dataDir, token);
  const urls = Object.fromEntries(services.map(({ name, url }) => [name, url])) as unknown as ServiceUrls;
  const { sample: wanted, today } = options;
  await untilReady(services.map(({ url }) => url), { timeout_ms: 120_000, signal });
  await loadSampleOnce({ databaseUrl: database.url, wanted, today, urls, issuer, operator, onProgress: progress, signal });
  progress('Waiting for the read models');
  await untilRead(urls, token, { timeout_ms: 120_000, signal });
  starting = undefined;
  await untilReady([door.url], { timeout_ms: 30_000, signal });
  await database.announce(door.url);
  return { url: door.url, token, stop: () => closers.closeAll() };
};

const serviceConfig = ({ logLevel, engines }: PlatformOptions, databaseUrl: string, publicKeyPem: string): ServiceConfig => ({
  databaseUrl,
  host,
  port: 0,
  logLevel,
  identity: { mode: 'local', issuer: localIssuer, publicKeyPem },
  ...engines,
});

/** Starts all services at once; when one fails, those that came up are closed again. */
const startInProcess: StartServices = async (config) => {
  const results = await Promise.allSettled([startDirectory(config), startScalingPlan(config), startReporting(config)]);
  const failed = results.find((result) => result.status === 'rejected');
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return started;
  await closeInTime(started, stopLimit_ms.inProcess).catch(() => undefined); // What is thrown is why it was not started.
  throw failed.reason;
};
