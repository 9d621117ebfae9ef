import { EventStore } from '@cairn/event-store';
import { Controller, Get, Inject } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

/** Where one asks up to where a service has recorded, to wait for it elsewhere with `min-position`. */
export const positionController = (service: string): Type => {
  @ApiTags('operations')
  @Controller(`api/services/${service}/position`)
  class PositionController {
    constructor(@Inject(EventStore) private readonly store: EventStore) {}

    @Get()
    @ApiOperation({ summary: `The position of the newest record of ${service}` })
    async position(): Promise<object> {
      return { position: `${service}:${await this.store.head()}` };
    }
  }
  return PositionController;
};
