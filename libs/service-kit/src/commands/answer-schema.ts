import { z } from 'zod';

/** What an accepted command answers, for the OpenAPI document. */
export const commandAnswerSchema = z.object({
  stream: z.string(),
  version: z.int(),
  position: z.string(),
  events: z.array(z.object({ eventId: z.uuid(), type: z.string() })),
});
