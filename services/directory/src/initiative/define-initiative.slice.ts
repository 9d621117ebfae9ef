import { accept, reject } from '@cairn/decider';
import type { Decide, Decider } from '@cairn/decider';
import { Allow, answerOrProblem, CommandRunner, commandAnswerSchema, Meta, slugInPathSchema, words, wordsOrNone } from '@cairn/service-kit';
import type { CommandAnswer, CommandMeta, CommandOutcome, ProblemCatalogue } from '@cairn/service-kit';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { districtStream } from '../district/district.js';
import type { Initiative, InitiativeEvent } from './initiative.js';
import { evolveInitiative, initiativeCatalogue, initiativeIdOf, initiativeStream } from './initiative.js';

// Domain

export interface DefineInitiativeCommand {
  readonly districtId: string;
  readonly districtKnown: boolean;
  readonly initiative: Initiative;
  readonly now: string;
}

export type InitiativeRejection =
  | { readonly type: 'DistrictUnknown'; readonly districtId: string }
  | { readonly type: 'InitiativeExists'; readonly initiativeId: string; readonly name: string };

/** Two names that make the same id are the same initiative to everyone who reads an address. */
export const decideDefineInitiative: Decide<DefineInitiativeCommand, Initiative | undefined, InitiativeEvent, InitiativeRejection> = (
  { districtId, districtKnown, initiative, now },
  known,
) => {
  if (!districtKnown) return reject({ type: 'DistrictUnknown', districtId });
  if (known) return reject({ type: 'InitiativeExists', initiativeId: known.initiativeId, name: known.name });
  return accept({ type: 'InitiativeDefined', occurredAt: now, data: initiative });
};

export const defineInitiativeDecider: Decider<DefineInitiativeCommand, Initiative | undefined, InitiativeEvent, InitiativeRejection> = {
  decide: decideDefineInitiative,
  evolve: evolveInitiative,
  initialState: undefined,
};

// Application

export class DefineInitiative extends Command<CommandOutcome<InitiativeRejection>> {
  constructor(
    readonly districtId: string,
    readonly initiative: Initiative,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(DefineInitiative)
export class DefineInitiativeHandler implements ICommandHandler<DefineInitiative> {
  constructor(private readonly runner: CommandRunner) {}

  async execute({ districtId, initiative, meta }: DefineInitiative): Promise<CommandOutcome<InitiativeRejection>> {
    const district = await this.runner.readWhole(districtStream(districtId));
    return this.runner.run({
      stream: initiativeStream(districtId, initiative.initiativeId),
      district: districtId,
      decider: defineInitiativeDecider,
      catalogue: initiativeCatalogue,
      command: { districtId, districtKnown: district.length > 0, initiative, now: this.runner.now() },
      meta,
    });
  }
}

// HTTP

const initiativeProblems: ProblemCatalogue<InitiativeRejection> = {
  DistrictUnknown: {
    type: '/problems/unknown-district',
    title: 'This district is not known',
    status: 404,
    detail: ({ districtId }) => `There is no district "${districtId}" that you can see.`,
  },
  InitiativeExists: {
    type: '/problems/initiative-exists',
    title: 'This initiative is defined already',
    status: 409,
    detail: ({ initiativeId, name }) => `The district has the initiative "${name}" (${initiativeId}). Nothing was changed; choose another name.`,
    field: 'name',
  },
};

const pathSchema = z.object({ districtId: slugInPathSchema });
const bodySchema = z.strictObject({
  name: words(200),
  description: wordsOrNone(2_000).default(''),
  fidelityCut: z.number().min(0).max(1).default(0.7),
});
const answerSchema = commandAnswerSchema.extend({ initiativeId: z.string() });

@ApiTags('initiatives')
@Controller('api/districts/:districtId/initiatives')
export class DefineInitiativeController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Allow('operator')
  @ApiOperation({ summary: 'Define an initiative that schools can adopt' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and content again answers as the first time' })
  @ApiResponse({ status: 201, description: 'Defined', schema: z.toJSONSchema(answerSchema) as object })
  @ApiResponse({ status: 409, description: 'The district has an initiative of this name; nothing was changed' })
  async defineInitiative(
    @Param({ schema: pathSchema }) { districtId }: z.infer<typeof pathSchema>,
    @Body({ schema: bodySchema }) body: z.infer<typeof bodySchema>,
    @Meta() meta: CommandMeta,
  ): Promise<CommandAnswer & { readonly initiativeId: string }> {
    const initiativeId = initiativeIdOf(body.name);
    const outcome = await this.commands.execute(new DefineInitiative(districtId, { initiativeId, ...body }, meta));
    return { initiativeId, ...answerOrProblem(outcome, initiativeProblems) };
  }
}
