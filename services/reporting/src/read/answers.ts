import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

/** What the OpenAPI document says of a read. */
export const ReadRoute = (tag: string, summary: string, answer: z.ZodType) =>
  applyDecorators(
    ApiTags(tag),
    ApiOperation({ summary }),
    ApiResponse({ status: 200, schema: z.toJSONSchema(answer) as object }),
    ApiResponse({ status: 404, description: 'There is nothing of this name that the caller can see' }),
    ApiResponse({ status: 503, description: 'The read models do not have what min-position asks for yet; see Retry-After' }),
  );
