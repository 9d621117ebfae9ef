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

const bodySchema = z.strictObject({ ...adoptionBody, to: z.literal('exploration').optional() });
type StartAdoptionBody = z.infer<typeof bodySchema>;

// Domain

/** A school starts in Exploration. */
export const decideStartAdoption: Decide<
  AdoptionCommandOf<StartAdoptionBody>,
  SchoolAdoption,
  AdoptionEventOf<'AdoptionStarted'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  return acceptIfLegal(adoption, { type: 'AdoptionStarted', occurredAt, data: { schoolId, initiativeId, reason, evidence } }, command);
};

// Application

export class StartAdoption extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<StartAdoptionBody>) {
    super();
  }
}

@CommandHandler(StartAdoption)
export class StartAdoptionHandler implements ICommandHandler<StartAdoption> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: StartAdoption): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideStartAdoption);
  }
}

// HTTP

@Controller(adoptionRoute)
export class StartAdoptionController {
  constructor(private readonly commands: CommandBus) {}

  @Post('start')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that the school started with the initiative')
  async startAdoption(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: StartAdoptionBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new StartAdoption({ path, body, meta })), adoptionProblems);
  }
}
