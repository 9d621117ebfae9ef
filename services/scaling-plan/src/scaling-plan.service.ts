import { topics } from '@cairn/contracts';
import {
  consumerOf,
  openPlatform,
  ParkedMessages,
  parkedMessagesController,
  positionController,
  PositionWaiter,
  relayOf,
  serve,
} from '@cairn/service-kit';
import type { PositionToken, RunningService, ServiceConfig, ServiceConsumer } from '@cairn/service-kit';

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
import { applyDirectory, CreateDirectoryCopy1700000000100, DirectoryCopy, directoryCopyRows } from './read/directory-copy.read.js';

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

/** Starts the service of plans and adoptions. */
export const startScalingPlan = async (config: ServiceConfig): Promise<RunningService> => {
  const platform = await openPlatform('scaling-plan', config, {
    entities: directoryCopyRows,
    migrations: [CreateDirectoryCopy1700000000100],
  });
  const directory = consumerOf(platform, { topics: [topics.directory.name], apply: applyDirectory });
  return serve(platform, {
    title: 'Scaling plan',
    controllers: [...controllers, positionController('scaling-plan'), parkedMessagesController('scaling-plan')],
    providers: [AdoptionDesk, DirectoryCopy, ...handlers, { provide: ParkedMessages, useValue: new ParkedMessages(directory) }],
    waiter: new DirectoryWaiter(directory),
    background: [relayOf(platform, { topic: topics.scalingPlan, toMessage: publishAdoption }), directory],
  });
};
