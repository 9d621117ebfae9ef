import { reject } from '@cairn/decider';
import type { Decide } from '@cairn/decider';
import { answerOrProblem, Allow, Meta } from '@cairn/service-kit';
import type { CommandAnswer, CommandMeta, CommandOutcome } from '@cairn/service-kit';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import type { AdoptionEventOf, SchoolAdoption } from './adoption.js';
import { AdoptionDesk } from './adoption-desk.js';
import type { AdoptionCommandOf, AdoptionOrder, AdoptionPath } from './adoption-desk.js';
import { adoptionBody, AdoptionCommandRoute, adoptionPathSchema, adoptionRoute } from './adoption-http.js';
import { acceptIfLegal } from './adoption-law.js';
import { adoptionProblems } from './adoption-problems.js';
import type { AdoptionRejection } from './adoption-rejection.js';

const bodySchema = z.strictObject(adoptionBody);
type PauseAdoptionBody = z.infer<typeof bodySchema>;

// Domain

/** A paused adoption keeps its stage and does not move until it is resumed. */
export const decidePauseAdoption: Decide<
  AdoptionCommandOf<PauseAdoptionBody>,
  SchoolAdoption,
  AdoptionEventOf<'AdoptionPaused'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  if (!reason) return reject({ type: 'ReasonMissing', fact: 'paused' });
  return acceptIfLegal(adoption, { type: 'AdoptionPaused', occurredAt, data: { schoolId, initiativeId, reason, evidence } }, command);
};

// Application

export class PauseAdoption extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<PauseAdoptionBody>) {
    super();
  }
}

@CommandHandler(PauseAdoption)
export class PauseAdoptionHandler implements ICommandHandler<PauseAdoption> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: PauseAdoption): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decidePauseAdoption);
  }
}

// HTTP

@Controller(adoptionRoute)
export class PauseAdoptionController {
  constructor(private readonly commands: CommandBus) {}

  @Post('pause')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that the adoption rests for a while')
  async pauseAdoption(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: PauseAdoptionBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new PauseAdoption({ path, body, meta })), adoptionProblems);
  }
}
