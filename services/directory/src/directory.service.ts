import { topics } from '@cairn/contracts';
import type { RecordedEvent } from '@cairn/event-store';
import {
  FreshReadModels,
  longTransactionsOf,
  positionController,
  PositionWaiter,
  projectionDatabaseOn,
  ProjectionRunner,
  ReadModels,
  readModelsController,
  PublishedFacts,
  relayController,
  relayOf,
  startService,
  storeSource,
} from '@cairn/service-kit';
import type { Platform, PositionToken, RunningService, ServiceConfig, ServiceParts, StartOptions } from '@cairn/service-kit';

import { RegisterDistrictController, RegisterDistrictHandler } from './district/register-district.slice.js';
import { DefineInitiativeController, DefineInitiativeHandler } from './initiative/define-initiative.slice.js';
import { ImportLog } from './log/import-log.js';
import { ImportTurns } from './log/import-turns.js';
import { migrations } from './migrations.js';
import { publishDirectory } from './publish-directory.js';
import { DirectoryNow } from './read/directory-now.js';
import { directoryProjection } from './read/directory-projection.js';
import { DistrictsController, ListDistrictsHandler } from './read/districts.read.js';
import { InitiativesController, ListInitiativesHandler } from './read/initiatives.read.js';
import { ImportRosterController, ImportRosterHandler } from './roster/import-roster.slice.js';
import { RosterRecorder } from './roster/record-roster.js';
import { RosterImports } from './roster/roster-imports.js';

const service = 'directory';

const controllers = [
  RegisterDistrictController,
  DefineInitiativeController,
  ImportRosterController,
  DistrictsController,
  InitiativesController,
];

const handlers = [
  RegisterDistrictHandler,
  DefineInitiativeHandler,
  ImportRosterHandler,
  ListDistrictsHandler,
  ListInitiativesHandler,
];

/** Its own record is all that the directory reads. */
class DirectoryWaiter extends PositionWaiter {
  constructor(private readonly projection: ProjectionRunner<RecordedEvent>) {
    super();
  }

  async waitFor({ scope, position }: PositionToken, timeout_ms: number): Promise<boolean> {
    if (scope !== service) return false;
    await this.projection.waitFor(position, timeout_ms);
    return true;
  }
}

const assemble = (platform: Platform): ServiceParts => {
  const { config, dataSource, logger, readiness, store } = platform;
  const long = longTransactionsOf(config.databaseUrl, service);
  const projection = new ProjectionRunner(directoryProjection, storeSource(store), projectionDatabaseOn(dataSource), logger, { long });
  const fresh = new FreshReadModels({ [directoryProjection.name]: projection });
  const readModels = new ReadModels(fresh.models);
  const relay = relayOf(platform, { topic: topics.directory, toMessage: publishDirectory });
  readModels.addTo(readiness);
  return {
    title: 'Directory',
    controllers: [...controllers, positionController(service), readModelsController(service), relayController(service)],
    providers: [
      { provide: ProjectionRunner, useValue: projection },
      { provide: ReadModels, useValue: readModels },
      { provide: FreshReadModels, useValue: fresh },
      { provide: PublishedFacts, useValue: new PublishedFacts(relay) },
      DirectoryNow,
      ImportLog,
      ImportTurns,
      RosterRecorder,
      RosterImports,
      ...handlers,
    ],
    waiter: new DirectoryWaiter(projection),
    background: [relay, projection],
    readModels,
  };
};

/** Starts the service of districts, schools and initiatives. */
export const startDirectory = (config: ServiceConfig, options?: StartOptions): Promise<RunningService> =>
  startService({ name: service, data: { migrations }, assemble }, config, options);
