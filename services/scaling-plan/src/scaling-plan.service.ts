import { topics } from '@cairn/contracts';
import {
  BusTransport,
  ParkedMessages,
  parkedMessagesController,
  positionController,
  PositionWaiter,
  PublishedFacts,
  relayController,
  relayOf,
  startService,
} from '@cairn/service-kit';
import type {
  Platform,
  PositionToken,
  RunningService,
  ServiceConfig,
  ServiceConsumer,
  ServiceParts,
  StartOptions,
} from '@cairn/service-kit';

import { AbandonAdoptionController, AbandonAdoptionHandler } from './adoption/abandon-adoption.slice.js';
import { AdoptionDesk } from './adoption/adoption-desk.js';
import { AdvanceStageController, AdvanceStageHandler } from './adoption/advance-stage.slice.js';
import { CorrectFactController, CorrectFactHandler } from './adoption/correct-fact.slice.js';
import { OverrideStageController, OverrideStageHandler } from './adoption/override-stage.slice.js';
import { PauseAdoptionController, PauseAdoptionHandler } from './adoption/pause-adoption.slice.js';
import { publishAdoption } from './adoption/publish-adoption.js';
import { RecordFidelityController, RecordFidelityHandler } from './adoption/record-fidelity.slice.js';
import { RegressStageController, RegressStageHandler } from './adoption/regress-stage.slice.js';
import { RestartAdoptionController, RestartAdoptionHandler } from './adoption/restart-adoption.slice.js';
import { ResumeAdoptionController, ResumeAdoptionHandler } from './adoption/resume-adoption.slice.js';
import { StartAdoptionController, StartAdoptionHandler } from './adoption/start-adoption.slice.js';
import { CreateDirectoryCopy1700000000100, DirectoryCopy, DirectoryCopyKeeper } from './read/directory-copy.read.js';

const service = 'scaling-plan';

const controllers = [
  StartAdoptionController,
  AdvanceStageController,
  RegressStageController,
  OverrideStageController,
  PauseAdoptionController,
  ResumeAdoptionController,
  AbandonAdoptionController,
  RestartAdoptionController,
  RecordFidelityController,
  CorrectFactController,
];

const handlers = [
  StartAdoptionHandler,
  AdvanceStageHandler,
  RegressStageHandler,
  OverrideStageHandler,
  PauseAdoptionHandler,
  ResumeAdoptionHandler,
  AbandonAdoptionHandler,
  RestartAdoptionHandler,
  RecordFidelityHandler,
  CorrectFactHandler,
];

/** Decisions read the streams themselves; only what the directory says arrives later. */
class DirectoryWaiter extends PositionWaiter {
  constructor(private readonly directory: ServiceConsumer) {
    super();
  }

  async waitFor({ scope, position }: PositionToken, timeout_ms: number): Promise<boolean> {
    if (scope !== 'directory') return false;
    await this.directory.waitFor(scope, position, timeout_ms);
    return true;
  }
}

const assemble = (platform: Platform): ServiceParts => {
  const transport = new BusTransport(platform, [topics.directory]);
  const { consumer } = transport;
  const relay = relayOf(platform, { topic: topics.scalingPlan, toMessage: publishAdoption });
  return {
    title: 'Scaling plan',
    controllers: [...controllers, DirectoryCopyKeeper, positionController(service), parkedMessagesController(service), relayController(service)],
    providers: [
      AdoptionDesk,
      DirectoryCopy,
      ...handlers,
      { provide: ParkedMessages, useValue: new ParkedMessages(consumer) },
      { provide: PublishedFacts, useValue: new PublishedFacts(relay) },
    ],
    waiter: new DirectoryWaiter(consumer),
    background: [relay],
    transport,
  };
};

const data = { migrations: [CreateDirectoryCopy1700000000100] };

/** Starts the service of plans and adoptions. */
export const startScalingPlan = (config: ServiceConfig, options?: StartOptions): Promise<RunningService> =>
  startService({ name: service, data, assemble }, config, options);
