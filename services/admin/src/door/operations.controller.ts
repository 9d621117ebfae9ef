import { AllowPlatformOperators } from '@cairn/service-kit';
import { Controller, Get, Headers } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { lookAtAll } from './operations.js';
import { Upstreams } from './upstreams.js';

/** The whole platform as operations look at it, whichever of its services answer. */
@ApiTags('operations')
@AllowPlatformOperators()
@Controller('api/operations')
export class OperationsController {
  constructor(private readonly upstreams: Upstreams) {}

  @Get()
  @ApiOperation({ summary: 'How each service is: engines, lag, read models, parked messages' })
  async look(@Headers('authorization') authorization: string): Promise<object> {
    const services = await lookAtAll(this.upstreams.upstreams, authorization);
    return { services, checkedAt: new Date().toISOString() };
  }
}
