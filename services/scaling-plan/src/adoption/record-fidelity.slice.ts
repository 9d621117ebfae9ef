import type { Decide } from '@cairn/decider';
import { answerOrProblem, Allow, Meta, words } from '@cairn/service-kit';
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

const bodySchema = z.strictObject({ ...adoptionBody, score: z.number().min(0).max(1), window: words(40) });
type RecordFidelityBody = z.infer<typeof bodySchema>;

// Domain

/** Fidelity is measured at any stage once the school has started; it moves no stage by itself. */
export const decideRecordFidelity: Decide<
  AdoptionCommandOf<RecordFidelityBody>,
  SchoolAdoption,
  AdoptionEventOf<'FidelityRecorded'>,
  AdoptionRejection
> = (command, adoption) => {
  const { schoolId, initiativeId, occurredAt, score, window, reason, evidence } = command;
  const data = { schoolId, initiativeId, score, window, reason, evidence };
  return acceptIfLegal(adoption, { type: 'FidelityRecorded', occurredAt, data }, command);
};

// Application

export class RecordFidelity extends Command<CommandOutcome<AdoptionRejection>> {
  constructor(readonly order: AdoptionOrder<RecordFidelityBody>) {
    super();
  }
}

@CommandHandler(RecordFidelity)
export class RecordFidelityHandler implements ICommandHandler<RecordFidelity> {
  constructor(private readonly desk: AdoptionDesk) {}

  execute({ order }: RecordFidelity): Promise<CommandOutcome<AdoptionRejection>> {
    return this.desk.run(order, decideRecordFidelity);
  }
}

// HTTP

@Controller(adoptionRoute)
export class RecordFidelityController {
  constructor(private readonly commands: CommandBus) {}

  @Post('record-fidelity')
  @Allow('operator', 'coach')
  @AdoptionCommandRoute('Record how faithfully the initiative is practised (0-1) in a window of time')
  async recordFidelity(
    @Param({ schema: adoptionPathSchema }) path: AdoptionPath,
    @Body({ schema: bodySchema }) body: RecordFidelityBody,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer> {
    return answerOrProblem(await this.commands.execute(new RecordFidelity({ path, body, meta })), adoptionProblems);
  }
}
