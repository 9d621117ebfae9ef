import { stageSchema } from '@cairn/contracts';
import { commandAnswerSchema, dateOrInstantSchema, schoolIdSchema, slugInPathSchema, words } from '@cairn/service-kit';
import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

/** Where the commands about an adoption are found; the last part of the path is the command. */
export const adoptionRoute = 'api/districts/:districtId/schools/:schoolId/adoptions/:initiativeId';

export const adoptionPathSchema = z.object({ districtId: slugInPathSchema, schoolId: schoolIdSchema, initiativeId: slugInPathSchema });

/** Members that every command about an adoption takes. */
export const adoptionBody = {
  occurredAt: dateOrInstantSchema,
  reason: words(2_000).optional(),
  evidence: words(2_000).optional(),
};
export const toStage = stageSchema;

/** What the OpenAPI document says of each command. */
export const AdoptionCommandRoute = (summary: string) =>
  applyDecorators(
    HttpCode(200),
    ApiTags('adoptions'),
    ApiOperation({ summary }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and content again answers as the first time' }),
    ApiHeader({ name: 'If-Match', required: false, description: 'The version that was seen, in double quotes' }),
    ApiHeader({ name: 'On-Behalf-Of', required: false, description: 'The person for whom the caller acts' }),
    ApiResponse({ status: 200, description: 'Recorded', schema: z.toJSONSchema(commandAnswerSchema) as object }),
    ApiResponse({ status: 409, description: 'The rules of the adoption timeline refuse it; nothing was changed' }),
    ApiResponse({ status: 412, description: 'The record has another version than the caller saw' }),
    ApiResponse({ status: 422, description: 'A value cannot be true, or one that is owed is missing' }),
  );
