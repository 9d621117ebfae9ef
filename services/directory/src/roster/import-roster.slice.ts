import { Allow, dateSchema, Meta, ProblemException, problemOf, problems, slugInPathSchema } from '@cairn/service-kit';
import type { CommandMeta } from '@cairn/service-kit';
import { Controller, HttpCode, Param, Post, Query as QueryParameters, Req } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import type { RosterAnswer } from './roster-answer.js';
import { rosterAnswerSchema } from './roster-answer.js';
import type { ImportOutcome, RosterOrder } from './roster-imports.js';
import { RosterImports } from './roster-imports.js';
import { importProblems } from './roster-problems.js';

// Domain: `diff-roster.ts` compares, `roster-facts.ts` states.

// Application

export class ImportRoster extends Command<ImportOutcome> {
  constructor(readonly order: RosterOrder) {
    super();
  }
}

@CommandHandler(ImportRoster)
export class ImportRosterHandler implements ICommandHandler<ImportRoster> {
  constructor(private readonly imports: RosterImports) {}

  execute({ order }: ImportRoster): Promise<ImportOutcome> {
    return this.imports.import(order);
  }
}

// HTTP

const pathSchema = z.object({ districtId: slugInPathSchema });
const questionSchema = z.strictObject({
  mode: z.enum(['dry-run', 'apply'], { error: 'Send mode=dry-run to see what would change, or mode=apply' }),
  effective: dateSchema.describe('The day from which on the roster holds'),
  'confirm-closing': z
    .string()
    .regex(/^\d{1,6}$/, 'Send the exact number of the candidates for closing')
    .transform(Number)
    .optional(),
});

@ApiTags('rosters')
@Controller('api/districts/:districtId/roster-imports')
export class ImportRosterController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Allow('operator')
  @ApiOperation({ summary: 'Compare a roster with the directory, and with mode=apply record the difference' })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', description: 'A state school file, or the school directory of the Common Core of Data' } })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and content again answers as the first time' })
  @ApiResponse({ status: 200, description: 'What changes, or changed', schema: z.toJSONSchema(rosterAnswerSchema) as object })
  @ApiResponse({ status: 400, description: 'The file cannot be read; nothing was changed' })
  @ApiResponse({ status: 409, description: 'The number of candidates for closing is another; nothing was changed' })
  @ApiResponse({ status: 413, description: 'The file is larger than 10 MiB or has more than 20,000 rows' })
  async importRoster(
    @Param({ schema: pathSchema }) { districtId }: z.infer<typeof pathSchema>,
    @QueryParameters({ schema: questionSchema }) question: z.infer<typeof questionSchema>,
    @Req() { body }: { readonly body: unknown },
    @Meta() meta: CommandMeta,
  ): Promise<RosterAnswer> {
    if (!Buffer.isBuffer(body)) throw problems.unsupportedMedia('Send the roster as text/csv. Nothing was changed.');
    const { mode, effective, 'confirm-closing': confirmClosing } = question;
    const outcome = await this.commands.execute(new ImportRoster({ districtId, mode, effective, confirmClosing, file: body, meta }));
    if (outcome.outcome === 'rejected') throw new ProblemException(problemOf(importProblems, outcome.rejection));
    return outcome.answer;
  }
}
