import { openPostgresEventBus } from '@cairn/event-bus';
import type { EventBus } from '@cairn/event-bus';
import { openPostgresEventStore } from '@cairn/event-store';
import type { Clock, EventStore } from '@cairn/event-store';
import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';

import { CommandRunner } from '../commands/command-runner.js';
import { busSchema } from '../data/provision.js';
import type { DataSourceParts } from '../data/service-database.js';
import { connectAs, openDataSource, storeSchemaOf } from '../data/service-database.js';
import { JwtVerifier } from '../http/token-verifier.js';
import type { TokenVerifier } from '../http/token-verifier.js';
import { RequestClock } from '../time/request-clock.js';
import { Closers } from './closers.js';
import type { ServiceConfig } from './config.js';
import { openLogger } from './logging.js';
import { Readiness } from './readiness.js';

/** What a service stands on: its record, the bus, its database, who it believes, and its log. */
export interface Platform {
  readonly service: string;
  readonly config: ServiceConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly dataSource: DataSource;
  readonly runner: CommandRunner;
  readonly verifier: TokenVerifier;
  readonly readiness: Readiness;
  close(): Promise<void>;
}

/** Opens the engines of a service. What was opened is closed again when a later one fails. */
export const openPlatform = (service: string, config: ServiceConfig, data: DataSourceParts): Promise<Platform> => {
  const closers = new Closers();
  return closers.orClose(() => openAll(service, config, data, closers));
};

const openAll = async (service: string, config: ServiceConfig, data: DataSourceParts, closers: Closers): Promise<Platform> => {
  const logger = openLogger(service, config.logLevel);
  const clock = new RequestClock();
  const connection = connectAs(config.databaseUrl, service);
  const dataSource = await openDataSource(config.databaseUrl, service, data);
  closers.push(() => dataSource.destroy());
  const store = openPostgresEventStore({ scope: service, schema: storeSchemaOf(service), pool: connection, clock });
  closers.push(() => store.close());
  const bus = openPostgresEventBus({ schema: busSchema, connection });
  closers.push(() => bus.close());
  const readiness = new Readiness();
  readiness.add({ name: 'event-store', check: () => store.head().then(() => undefined) });
  readiness.add({ name: 'database', check: () => dataSource.query('SELECT 1').then(() => undefined) });
  return {
    service,
    config,
    logger,
    clock,
    store,
    bus,
    dataSource,
    runner: new CommandRunner(store, clock),
    verifier: await JwtVerifier.open(config.identity),
    readiness,
    close: () => closers.closeAll(),
  };
};
