import { eventBusLimits } from '@cairn/event-bus';
import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { AllowPlatformOperators, Caller } from '../http/principal.js';
import type { Principal } from '../http/principal.js';
import { problems } from '../http/problem.js';
import { pageSchema, words } from '../http/validation.js';
import type { ServiceConsumer } from './consumer.js';
import { parkedMessageSchema, viewOf } from './parked-message-view.js';

/** The consumer of a service, as operations look at it. */
export class ParkedMessages {
  constructor(readonly consumer: Pick<ServiceConsumer, 'listParked' | 'replayParked' | 'dropParked'>) {}
}

/** Names come back as they were listed: they are not trimmed, and what no message can have is refused. */
const name = (charactersMax: number) =>
  z.string().min(1).max(charactersMax).regex(/^[^\0\p{Cs}]*$/u, 'Send it as it was listed');

const topicSchema = name(eventBusLimits.nameCharactersMax);
const keySchema = name(eventBusLimits.keyCharactersMax);

const questionSchema = z.strictObject({
  ...pageSchema,
  after: z.string().regex(/^\d{1,18}$/, 'Send what the page before gave as "next"').optional(),
  topic: topicSchema.optional(),
  key: keySchema.optional(),
});
type Question = z.infer<typeof questionSchema>;

const listSchema = z.object({ items: z.array(parkedMessageSchema), next: z.string().optional() });

const replaySchema = z.strictObject({ topic: topicSchema, key: keySchema });
type ReplayBody = z.infer<typeof replaySchema>;

const replayedSchema = z.object({
  /** Applied, and parked no more. */
  replayed: z.int(),
  /** Parked still; ask again while there are some and no reason is given. */
  left: z.int(),
  /** Why the first of those that are left could not be applied. */
  reason: z.string().optional(),
});

const dropSchema = z.strictObject({
  topic: topicSchema,
  key: keySchema,
  messageId: name(eventBusLimits.nameCharactersMax),
  reason: words(1_000),
});
type DropBody = z.infer<typeof dropSchema>;

const droppedSchema = z.object({ topic: z.string(), key: z.string(), messageId: z.string() });

const described = (schema: z.ZodType) => ({ status: 200, schema: z.toJSONSchema(schema) as object });

/** Where operations see what a service heard and could not apply, apply it after all, or give it up. */
export const parkedMessagesController = (service: string): Type => {
  @ApiTags('operations')
  @AllowPlatformOperators()
  @Controller(`api/services/${service}/parked-messages`)
  class ParkedMessagesController {
    constructor(@Inject(ParkedMessages) private readonly parked: ParkedMessages) {}

    @Get()
    @ApiOperation({
      summary: `What ${service} could not apply`,
      description: 'From the first such message on, everything of its key is parked, to keep the order.',
    })
    @ApiResponse(described(listSchema))
    async list(@Query({ schema: questionSchema }) { limit, ...question }: Question): Promise<z.infer<typeof listSchema>> {
      const { after, topic, key } = question;
      const found = await this.parked.consumer.listParked({
        limit: limit + 1,
        ...(after === undefined ? {} : { after }),
        ...(topic === undefined ? {} : { topic }),
        ...(key === undefined ? {} : { key }),
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return { items: page.map(viewOf), ...(found.length > limit && last ? { next: last.sequence } : {}) };
    }

    @Post('replay')
    @HttpCode(200)
    @ApiOperation({
      summary: `Apply what ${service} parked of a key, in its order, until one fails again`,
      description: 'What arrives of the key meanwhile waits behind. When nothing is left, the key is open again.',
    })
    @ApiResponse(described(replayedSchema))
    async replay(
      @Body({ schema: replaySchema }) { topic, key }: ReplayBody,
      @Caller() caller: Principal,
    ): Promise<z.infer<typeof replayedSchema>> {
      const outcome = await this.parked.consumer.replayParked({ topic, key, by: caller.personId });
      const { replayed, left } = outcome;
      if (replayed === 0 && left === 0) throw problems.notFound(`${service} has nothing parked under this key of ${topic}.`);
      return outcome;
    }

    @Post('drop')
    @HttpCode(200)
    @ApiOperation({
      summary: `Give up one message that ${service} parked`,
      description: 'It is kept whole, with who dropped it and why, and never applied. The rest of its key can be replayed then.',
    })
    @ApiResponse(described(droppedSchema))
    async drop(
      @Body({ schema: dropSchema }) { topic, key, messageId, reason }: DropBody,
      @Caller() caller: Principal,
    ): Promise<z.infer<typeof droppedSchema>> {
      if (!(await this.parked.consumer.dropParked({ topic, key, messageId, reason, by: caller.personId }))) {
        throw problems.notFound(`${service} has no message parked under this id and this key of ${topic}.`);
      }
      return { topic, key, messageId };
    }
  }
  return ParkedMessagesController;
};
