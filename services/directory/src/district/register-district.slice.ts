import { accept, reject } from '@cairn/decider';
import type { Decide, Decider } from '@cairn/decider';
import { Allow, answerOrProblem, Caller, CommandRunner, commandAnswerSchema, isTimeZone, Meta, problems, seesDistrict, slugSchema, words } from '@cairn/service-kit';
import type { CommandAnswer, CommandMeta, CommandOutcome, Principal, ProblemCatalogue } from '@cairn/service-kit';
import { Body, Controller, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import type { District, DistrictEvent } from './district.js';
import { districtCatalogue, districtStream, evolveDistrict } from './district.js';

// Domain

export interface RegisterDistrictCommand {
  readonly district: District;
  /** Whether the platform knows the zone; what it knows depends on the machine. */
  readonly zoneKnown: boolean;
  readonly now: string;
}

export type DistrictRejection =
  | { readonly type: 'DistrictExists'; readonly districtId: string }
  | { readonly type: 'TimeZoneUnknown'; readonly timeZone: string };

export const decideRegisterDistrict: Decide<RegisterDistrictCommand, District | undefined, DistrictEvent, DistrictRejection> = (
  { district, zoneKnown, now },
  known,
) => {
  if (known) return reject({ type: 'DistrictExists', districtId: known.districtId });
  if (!zoneKnown) return reject({ type: 'TimeZoneUnknown', timeZone: district.timeZone });
  return accept({ type: 'DistrictRegistered', occurredAt: now, data: district });
};

export const registerDistrictDecider: Decider<RegisterDistrictCommand, District | undefined, DistrictEvent, DistrictRejection> = {
  decide: decideRegisterDistrict,
  evolve: evolveDistrict,
  initialState: undefined,
};

// Application

export class RegisterDistrict extends Command<CommandOutcome<DistrictRejection>> {
  constructor(
    readonly district: District,
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

@CommandHandler(RegisterDistrict)
export class RegisterDistrictHandler implements ICommandHandler<RegisterDistrict> {
  constructor(private readonly runner: CommandRunner) {}

  execute({ district, meta }: RegisterDistrict): Promise<CommandOutcome<DistrictRejection>> {
    return this.runner.run({
      stream: districtStream(district.districtId),
      district: district.districtId,
      decider: registerDistrictDecider,
      catalogue: districtCatalogue,
      command: { district, zoneKnown: isTimeZone(district.timeZone), now: this.runner.now() },
      meta,
    });
  }
}

// HTTP

const districtProblems: ProblemCatalogue<DistrictRejection> = {
  DistrictExists: {
    type: '/problems/district-exists',
    title: 'This district is registered already',
    status: 409,
    detail: ({ districtId }) => `There is a district "${districtId}". Nothing was changed.`,
    field: 'districtId',
  },
  TimeZoneUnknown: {
    type: '/problems/time-zone-unknown',
    title: 'This time zone is not known',
    status: 422,
    detail: ({ timeZone }) => `"${timeZone}" is no IANA time zone. Send for example America/Chicago.`,
    field: 'timeZone',
  },
};

const bodySchema = z.strictObject({
  districtId: slugSchema,
  name: words(200),
  timeZone: z.string().trim().min(1).max(64),
  schoolYearFirstMonth: z.int().min(1).max(12).default(8),
  sample: z.literal(true).optional(),
});
const answerSchema = commandAnswerSchema.extend({ districtId: z.string() });

@ApiTags('districts')
@Controller('api/districts')
export class RegisterDistrictController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Allow('operator')
  @ApiOperation({ summary: 'Register a district' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and content again answers as the first time' })
  @ApiResponse({ status: 201, description: 'Registered', schema: z.toJSONSchema(answerSchema) as object })
  @ApiResponse({ status: 409, description: 'A district of this id exists; nothing was changed' })
  async registerDistrict(
    @Body({ schema: bodySchema }) body: z.infer<typeof bodySchema>,
    @Meta() meta: CommandMeta,
    @Caller() caller: Principal,
  ): Promise<CommandAnswer & { readonly districtId: string }> {
    if (!seesDistrict(caller, body.districtId)) throw problems.forbidden(`Your account does not reach a district "${body.districtId}".`);
    const answer = answerOrProblem(await this.commands.execute(new RegisterDistrict(body, meta)), districtProblems);
    return { districtId: body.districtId, ...answer };
  }
}
