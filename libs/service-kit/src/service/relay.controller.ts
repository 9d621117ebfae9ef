import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { AllowPlatformOperators } from '../http/principal.js';
import { problems } from '../http/problem.js';
import type { ServiceRelay } from './relay.js';

/** What publishes the facts of a service, as operations reach it. */
export class PublishedFacts {
  constructor(readonly relay: Pick<ServiceRelay, 'topic' | 'replay'>) {}
}

const replaySchema = z.strictObject({ topic: z.string().min(1).max(200) });

/** Where operations have the history of a topic published once more, from the record. */
export const relayController = (service: string): Type => {
  @ApiTags('operations')
  @AllowPlatformOperators()
  @Controller(`api/services/${service}/relay`)
  class RelayController {
    constructor(@Inject(PublishedFacts) private readonly facts: PublishedFacts) {}

    @Post('replay')
    @HttpCode(202)
    @ApiOperation({ summary: `Publish everything that ${service} has on record once more` })
    async replay(@Body({ schema: replaySchema }) { topic }: z.infer<typeof replaySchema>): Promise<object> {
      const { relay } = this.facts;
      if (topic !== relay.topic) throw problems.notFound(`${service} does not publish "${topic}"; it publishes ${relay.topic}.`);
      await relay.replay();
      return { topic, state: 'replaying' };
    }
  }
  return RelayController;
};
