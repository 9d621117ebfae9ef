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
type AbandonAdoptionBody = z.infer<typeof bodySchema>;

// Domain

/** An abandoned adoption keeps its record; it can be restarted. */
export const decideAbandonAdoption: Decide<
  AdoptionCommandOf<AbandonAdoptionBody>,
  SchoolAdoption,
  AdoptionEventOf<'AdoptionAbandoned'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  if (!reason) return reject({ type: 'ReasonMissing', fact: 'abandoned' });
  return acceptIfLegal(adoption, { type: 'AdoptionAbandoned', occurredAt, data: { schoolId, initiativeId, reason, evidence } }, command);
};

// Application

export class AbandonAdoption extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<AbandonAdoptionBody>) {
    super();
  }
}

@CommandHandler(AbandonAdoption)
export class AbandonAdoptionHandler implements ICommandHandler<AbandonAdoption> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: AbandonAdoption): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideAbandonAdoption);
  }
}

// HTTP

@Controller(adoptionRoute)
export class AbandonAdoptionController {
  constructor(private readonly commands: CommandBus) {}

  @Post('abandon')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that the school gave the initiative up')
  async abandonAdoption(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: AbandonAdoptionBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new AbandonAdoption({ path, body, meta })), adoptionProblems);
  }
}
