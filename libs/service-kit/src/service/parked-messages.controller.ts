import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { Allow } from '../http/principal.js';
import { pageSchema } from '../http/validation.js';
import type { ServiceConsumer } from './consumer.js';

/** The consumer of a service, as operations look at it. */
export class ParkedMessages {
  constructor(readonly consumer: Pick<ServiceConsumer, 'listParked'>) {}
}

const questionSchema = z.strictObject({
  ...pageSchema,
  after: z.string().regex(/^\d{1,18}$/, 'Send what the page before gave as "next"').optional(),
});

const answerSchema = z.object({
  items: z.array(
    z.object({
      group: z.string(),
      topic: z.string(),
      key: z.string(),
      messageId: z.string(),
      reason: z.string(),
      attempts: z.int(),
      parkedAt: z.iso.datetime(),
    }),
  ),
  next: z.string().optional(),
});

/**
 * Where operations see what a service heard and could not apply. From the first such message on, everything of its key
 * is parked, to keep the order. What the messages say is left out: it is the districts', and this list is not.
 */
export const parkedMessagesController = (service: string): Type => {
  @ApiTags('operations')
  @Controller(`api/services/${service}/parked-messages`)
  class ParkedMessagesController {
    constructor(@Inject(ParkedMessages) private readonly parked: ParkedMessages) {}

    @Get()
    @Allow('operator')
    @ApiOperation({ summary: `What ${service} could not apply` })
    @ApiResponse({ status: 200, schema: z.toJSONSchema(answerSchema) as object })
    async list(
      @Query({ schema: questionSchema }) { limit, after }: z.infer<typeof questionSchema>,
    ): Promise<z.infer<typeof answerSchema>> {
      const found = await this.parked.consumer.listParked({ limit: limit + 1, ...(after === undefined ? {} : { after }) });
      const page = found.slice(0, limit);
      const items = page.map(({ group, reason, attempts, parkedAt, message: { topic, key, id } }) =>
        ({ group, topic, key, messageId: id, reason, attempts, parkedAt }));
      const last = page.at(-1);
      return { items, ...(found.length > limit && last ? { next: last.sequence } : {}) };
    }
  }
  return ParkedMessagesController;
};
