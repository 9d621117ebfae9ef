import type { EventBus } from '@cairn/event-bus';
import type { Clock, EventStore } from '@cairn/event-store';
import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';

import { CommandRunner } from '../commands/command-runner.js';
import { provisionDatabase } from '../data/provision.js';
import type { DataSourceParts } from '../data/service-database.js';
import { openDataSource } from '../data/service-database.js';
import { JwtVerifier } from '../http/token-verifier.js';
import type { TokenVerifier } from '../http/token-verifier.js';
import { RequestClock } from '../time/request-clock.js';
import { Closers } from './closers.js';
import type { ServiceConfig } from './config.js';
import type { Engine } from './engine-trouble.js';
import { openEngines, requireAnswer } from './engines.js';
import { openLogger } from './logging.js';
import { Readiness } from './readiness.js';

/** Less than readiness waits for a check, so that what is told says which engine it is, and where. */
const look_ms = 2_000;

/** What a service stands on: its record, the bus, its database, who it believes, and its log. */
export interface Platform {
  readonly service: string;
  readonly config: ServiceConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly dataSource: DataSource;
  readonly engines: readonly Engine[];
  readonly runner: CommandRunner;
  readonly verifier: TokenVerifier;
  readonly readiness: Readiness;
  close(): Promise<void>;
}

/**
 * Opens the engines of a service once each of them answers. What was opened is closed again when a later one fails.
 * @throws EngineTroubleError that names the engine, where it should be, and what to check
 */
export const openPlatform = (service: string, config: ServiceConfig, data: DataSourceParts): Promise<Platform> => {
  const closers = new Closers();
  return closers.orClose(() => openAll(service, config, data, closers));
};

const openAll = async (service: string, config: ServiceConfig, data: DataSourceParts, closers: Closers): Promise<Platform> => {
  const logger = openLogger(service, config.logLevel);
  const clock = new RequestClock();
  const verifier = await JwtVerifier.open(config.identity);
  if (config.prepareDatabase) await provisionDatabase(config.databaseUrl, [service]);
  const dataSource = await openDataSource(config.databaseUrl, service, data);
  closers.push(() => dataSource.destroy());
  const { store, bus, all: engines } = await openEngines(service, config, { clock, dataSource, closers });
  for (const engine of engines) await requireAnswer(engine);
  const readiness = new Readiness();
  for (const engine of engines) readiness.add({ name: engine.role, check: () => requireAnswer(engine, look_ms).then(() => undefined) });
  readiness.addWarning({ name: 'identity', check: () => Promise.resolve(verifier.trouble) });
  return {
    service,
    config,
    logger,
    clock,
    store,
    bus,
    dataSource,
    engines,
    runner: new CommandRunner(store, clock),
    verifier,
    readiness,
    close: () => closers.closeAll(),
  };
};
