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
type RestartAdoptionBody = z.infer<typeof bodySchema>;

// Domain

/** An adoption that was abandoned begins anew in Exploration. */
export const decideRestartAdoption: Decide<
  AdoptionCommandOf<RestartAdoptionBody>,
  SchoolAdoption,
  AdoptionEventOf<'AdoptionRestarted'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  return acceptIfLegal(adoption, { type: 'AdoptionRestarted', occurredAt, data: { schoolId, initiativeId, reason, evidence } }, command);
};

// Application

export class RestartAdoption extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<RestartAdoptionBody>) {
    super();
  }
}

@CommandHandler(RestartAdoption)
export class RestartAdoptionHandler implements ICommandHandler<RestartAdoption> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: RestartAdoption): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideRestartAdoption);
  }
}

// HTTP

@Controller(adoptionRoute)
export class RestartAdoptionController {
  constructor(private readonly commands: CommandBus) {}

  @Post('restart')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that an abandoned adoption was taken up again')
  async restartAdoption(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: RestartAdoptionBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new RestartAdoption({ path, body, meta })), adoptionProblems);
  }
}
