import { topics } from '@cairn/contracts';
import {
  BusTransport,
  FreshReadModels,
  longTransactionsOf,
  ParkedMessages,
  parkedMessagesController,
  projectionDatabaseOn,
  ProjectionRunner,
  queryOn,
  ReadModels,
  readModelsController,
  sharedSource,
  startService,
} from '@cairn/service-kit';
import type { Platform, Projection, RunningService, ServiceConfig, ServiceParts, StartOptions } from '@cairn/service-kit';

import { logSource } from './log/log-source.js';
import { LogTail } from './log/log-tail.js';
import { NewerEvents } from './log/newer-events.js';
import type { ReceivedEvent } from './log/received-event.js';
import { ReceivedLog } from './log/receive-messages.js';
import { migrations } from './migrations.js';
import { AdoptionAsOfHandler, AdoptionController, adoptionProjection } from './read/adoption.read.js';
import { ChangesBetweenHandler, ChangesController } from './read/changes.read.js';
import { HistoryController, HistoryOfSchoolHandler, historyProjection } from './read/history.read.js';
import { ReceivedEventByIdHandler, ReceivedEventController } from './read/received-event.read.js';
import { directoryProjection, SchoolsAsOfHandler, SchoolsController } from './read/schools.read.js';
import { Snapshots } from './read/snapshots.js';
import { TrendAsKnownHandler, TrendController } from './read/trend.read.js';
import { ReportingWaiter } from './reporting-waiter.js';

const service = 'reporting';

const controllers = [
  AdoptionController,
  TrendController,
  ChangesController,
  SchoolsController,
  HistoryController,
  ReceivedEventController,
];

const handlers = [
  AdoptionAsOfHandler,
  TrendAsKnownHandler,
  ChangesBetweenHandler,
  SchoolsAsOfHandler,
  HistoryOfSchoolHandler,
  ReceivedEventByIdHandler,
];

const assemble = (platform: Platform): ServiceParts => {
  const { config, dataSource, logger, readiness } = platform;
  const session = queryOn(dataSource);
  const tail = new LogTail();
  const source = sharedSource(logSource(session, tail));
  const runnerOf = (projection: Projection<ReceivedEvent>): ProjectionRunner<ReceivedEvent> =>
    new ProjectionRunner(projection, source, projectionDatabaseOn(dataSource), logger, { long: longTransactionsOf(config.databaseUrl, service) });
  const runners = [directoryProjection, adoptionProjection, historyProjection].map((projection) => [projection.name, runnerOf(projection)] as const);
  const fresh = new FreshReadModels(Object.fromEntries(runners));
  const readModels = new ReadModels(fresh.models);
  readModels.addTo(readiness);
  const newer = new NewerEvents(session);
  readiness.addWarning({ name: 'newer-events', check: () => newer.tell() });
  const transport = new BusTransport(platform, [topics.directory, topics.scalingPlan]);
  const { consumer } = transport;
  consumer.onApplied((applied) => {
    void tail.committed(applied).then(() => fresh.wake());
  });
  return {
    title: 'Reporting',
    controllers: [...controllers, ReceivedLog, readModelsController(service), parkedMessagesController(service)],
    providers: [
      Snapshots,
      ...handlers,
      { provide: LogTail, useValue: tail },
      { provide: FreshReadModels, useValue: fresh },
      { provide: ReadModels, useValue: readModels },
      { provide: ParkedMessages, useValue: new ParkedMessages(consumer) },
    ],
    waiter: new ReportingWaiter(consumer, fresh, session),
    background: runners.map(([, runner]) => runner),
    transport,
    readModels,
  };
};

/** Starts the service that reads the whole district at any date. */
export const startReporting = (config: ServiceConfig, options?: StartOptions): Promise<RunningService> =>
  startService({ name: service, data: { migrations }, assemble }, config, options);
