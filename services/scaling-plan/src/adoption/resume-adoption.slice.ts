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
type ResumeAdoptionBody = z.infer<typeof bodySchema>;

// Domain

/** Only a paused adoption is resumed; it goes on in the stage that it kept. */
export const decideResumeAdoption: Decide<
  AdoptionCommandOf<ResumeAdoptionBody>,
  SchoolAdoption,
  AdoptionEventOf<'AdoptionResumed'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  return acceptIfLegal(adoption, { type: 'AdoptionResumed', occurredAt, data: { schoolId, initiativeId, reason, evidence } }, command);
};

// Application

export class ResumeAdoption extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<ResumeAdoptionBody>) {
    super();
  }
}

@CommandHandler(ResumeAdoption)
export class ResumeAdoptionHandler implements ICommandHandler<ResumeAdoption> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: ResumeAdoption): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideResumeAdoption);
  }
}

// HTTP

@Controller(adoptionRoute)
export class ResumeAdoptionController {
  constructor(private readonly commands: CommandBus) {}

  @Post('resume')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that a paused adoption went on')
  async resumeAdoption(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: ResumeAdoptionBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new ResumeAdoption({ path, body, meta })), adoptionProblems);
  }
}
