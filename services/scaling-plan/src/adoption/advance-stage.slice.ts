import { stageAfter } from '@cairn/contracts';
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

const bodySchema = z.strictObject({ ...adoptionBody, to: toStage.optional() });
type AdvanceStageBody = z.infer<typeof bodySchema>;

// Domain

/** The next stage follows; Initial needs evidence of first use, Full needs fidelity in two windows. */
export const decideAdvanceStage: Decide<
  AdoptionCommandOf<AdvanceStageBody>,
  SchoolAdoption,
  AdoptionEventOf<'StageAdvanced'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  const before = adoptionAt(adoption, occurredAt);
  if (before.status === 'not-started') return reject({ type: 'AdoptionNotStarted', occurredAt });
  const from = before.stage;
  const to = command.to ?? stageAfter(from);
  if (to === undefined) return reject({ type: 'NoStageAfterLast', stage: from });
  const data = { schoolId, initiativeId, from, to, reason, evidence };
  return acceptIfLegal(adoption, { type: 'StageAdvanced', occurredAt, data }, command);
};

// Application

export class AdvanceStage extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<AdvanceStageBody>) {
    super();
  }
}

@CommandHandler(AdvanceStage)
export class AdvanceStageHandler implements ICommandHandler<AdvanceStage> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: AdvanceStage): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideAdvanceStage);
  }
}

// HTTP

@Controller(adoptionRoute)
export class AdvanceStageController {
  constructor(private readonly commands: CommandBus) {}

  @Post('advance-stage')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that the school reached the next stage')
  async advanceStage(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: AdvanceStageBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new AdvanceStage({ path, body, meta })), adoptionProblems);
  }
}
