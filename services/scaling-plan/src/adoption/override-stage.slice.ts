import { reject } from '@cairn/decider';
import type { Decide } from '@cairn/decider';
import { answerOrProblem, Allow, Meta } from '@cairn/service-kit';
import type { CommandAnswer, CommandMeta, CommandOutcome } from '@cairn/service-kit';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';

import { adoptionAt } from './adoption.js';
import type { AdoptionEventOf, SchoolAdoption } from './adoption.js';
import { AdoptionDesk } from './adoption-desk.js';
import type { AdoptionCommandOf, AdoptionOrder, AdoptionPath } from './adoption-desk.js';
import { adoptionBody, AdoptionCommandRoute, adoptionPathSchema, adoptionRoute, toStage } from './adoption-http.js';
import { acceptIfLegal } from './adoption-law.js';
import { adoptionProblems } from './adoption-problems.js';
import type { AdoptionRejection } from './adoption-rejection.js';

const bodySchema = z.strictObject({ ...adoptionBody, to: toStage });
type OverrideStageBody = z.infer<typeof bodySchema>;

// Domain

/** An override skips what the order of stages asks for, and says why. */
export const decideOverrideStage: Decide<
  AdoptionCommandOf<OverrideStageBody>,
  SchoolAdoption,
  AdoptionEventOf<'StageOverridden'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, to, reason, evidence } = command;
  const before = adoptionAt(adoption, occurredAt);
  if (before.status === 'not-started') return reject({ type: 'AdoptionNotStarted', occurredAt });
  if (!reason) return reject({ type: 'ReasonMissing', fact: 'overridden' });
  const data = { schoolId, initiativeId, from: before.stage, to, reason, evidence };
  return acceptIfLegal(adoption, { type: 'StageOverridden', occurredAt, data }, command);
};

// Application

export class OverrideStage extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<OverrideStageBody>) {
    super();
  }
}

@CommandHandler(OverrideStage)
export class OverrideStageHandler implements ICommandHandler<OverrideStage> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: OverrideStage): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideOverrideStage);
  }
}

// HTTP

@Controller(adoptionRoute)
export class OverrideStageController {
  constructor(private readonly commands: CommandBus) {}

  @Post('override-stage')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Set the stage against the order of stages, with a reason')
  async overrideStage(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: OverrideStageBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new OverrideStage({ path, body, meta })), adoptionProblems);
  }
}
