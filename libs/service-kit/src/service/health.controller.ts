import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';

import { Public } from '../http/principal.js';
import { Readiness } from './readiness.js';

/** Live: the process runs. Ready: everything that it reads from and writes to is well, and its read models have caught up. */
@ApiTags('health')
@Controller('api/health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Public()
  @Get('live')
  @ApiOperation({ summary: 'Whether the process runs' })
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Public()
  @Get('ready')
  @ApiOperation({ summary: 'Whether requests will be answered, and if not, why' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    const [failures, warnings] = await Promise.all([this.readiness.failures(), this.readiness.warnings()]);
    const told = warnings.length === 0 ? {} : { warnings };
    if (failures.length === 0) return { status: 'ready', ...told };
    response.status(503).setHeader('Retry-After', '1');
    return { status: 'not-ready', failures, ...told };
  }
}
