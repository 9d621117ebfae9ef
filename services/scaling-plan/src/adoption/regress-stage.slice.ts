import { stageBefore } from '@cairn/contracts';
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
type RegressStageBody = z.infer<typeof bodySchema>;

// Domain

/** Stages move back when staff or leaders change; without a stage named, by one. */
export const decideRegressStage: Decide<
  AdoptionCommandOf<RegressStageBody>,
  SchoolAdoption,
  AdoptionEventOf<'StageRegressed'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, reason, evidence } = command;
  const before = adoptionAt(adoption, occurredAt);
  if (before.status === 'not-started') return reject({ type: 'AdoptionNotStarted', occurredAt });
  const from = before.stage;
  const to = command.to ?? stageBefore(from);
  if (to === undefined) return reject({ type: 'NoStageBeforeFirst', stage: from });
  if (!reason) return reject({ type: 'ReasonMissing', fact: 'regressed' });
  const data = { schoolId, initiativeId, from, to, reason, evidence };
  return acceptIfLegal(adoption, { type: 'StageRegressed', occurredAt, data }, command);
};

// Application

export class RegressStage extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<RegressStageBody>) {
    super();
  }
}

@CommandHandler(RegressStage)
export class RegressStageHandler implements ICommandHandler<RegressStage> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: RegressStage): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideRegressStage);
  }
}

// HTTP

@Controller(adoptionRoute)
export class RegressStageController {
  constructor(private readonly commands: CommandBus) {}

  @Post('regress-stage')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record that the school fell back to an earlier stage')
  async regressStage(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: RegressStageBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new RegressStage({ path, body, meta })), adoptionProblems);
  }
}
