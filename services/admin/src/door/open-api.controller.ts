import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';

import { Upstreams } from './upstreams.js';

/** The door's own OpenAPI document, known only once the application is set up. */
export class OwnDocument {
  document: Pick<OpenAPIObject, 'paths'> = { paths: {} };
}

/** One OpenAPI document for all that is behind this address. */
@ApiExcludeController()
@Controller('api')
export class OpenApiController {
  constructor(
    private readonly upstreams: Upstreams,
    private readonly own: OwnDocument,
  ) {}

  @Get('openapi.json')
  async document(): Promise<object> {
    await this.upstreams.learn();
    return this.upstreams.merged(this.own.document);
  }
}
