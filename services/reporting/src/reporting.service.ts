import { topics } from '@cairn/contracts';
import {
  consumerOf,
  FreshReadModels,
  openPlatform,
  ParkedMessages,
  parkedMessagesController,
  ProjectionRunner,
  queryOn,
  ReadModels,
  readModelsController,
  serve,
  transactionsOn,
} from '@cairn/service-kit';
import type { RunningService, ServiceConfig } from '@cairn/service-kit';

import { logSource } from './log/log-source.js';
import { receiveMessages } from './log/receive-messages.js';
import { migrations } from './migrations.js';
import { AdoptionAsOfHandler, AdoptionController, adoptionProjection } from './read/adoption.read.js';
import { ChangesBetweenHandler, ChangesController } from './read/changes.read.js';
import { HistoryController, HistoryOfSchoolHandler, historyProjection } from './read/history.read.js';
import { ReceivedEventByIdHandler, ReceivedEventController } from './read/received-event.read.js';
import { directoryProjection, SchoolsAsOfHandler, SchoolsController } from './read/schools.read.js';
import { Snapshots } from './read/snapshots.js';
import { TrendAsKnownHandler, TrendController } from './read/trend.read.js';
import { ReportingWaiter } from './reporting-waiter.js';

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

/** Starts the service that reads the whole district at any date. */
export const startReporting = async (config: ServiceConfig): Promise<RunningService> => {
  const platform = await openPlatform('reporting', config, { migrations });
  const { dataSource, logger, readiness } = platform;
  const session = queryOn(dataSource);
  const runners = [directoryProjection, adoptionProjection, historyProjection].map(
    (projection) => [projection.name, new ProjectionRunner(projection, logSource(session), transactionsOn(dataSource), logger)] as const,
  );
  const fresh = new FreshReadModels(Object.fromEntries(runners));
  const readModels = new ReadModels(fresh.models);
  readModels.addTo(readiness);
  const consumer = consumerOf(platform, { topics: [topics.directory.name, topics.scalingPlan.name], apply: receiveMessages });
  return serve(platform, {
    title: 'Reporting',
    controllers: [...controllers, readModelsController('reporting'), parkedMessagesController('reporting')],
    providers: [
      Snapshots,
      ...handlers,
      { provide: FreshReadModels, useValue: fresh },
      { provide: ReadModels, useValue: readModels },
      { provide: ParkedMessages, useValue: new ParkedMessages(consumer) },
    ],
    waiter: new ReportingWaiter(consumer, fresh, session),
    background: [...runners.map(([, runner]) => runner), consumer],
  });
};
