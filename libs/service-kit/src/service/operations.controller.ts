import { Controller, Get, Inject } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { AllowPlatformOperators } from '../http/principal.js';
import type { ReadModels } from '../projections/read-models.controller.js';
import type { ConsumerStatus } from './consumer.js';
import { engineStatuses, look_ms } from './engine-status.js';
import { withinTime } from './engine-trouble.js';
import type { Platform } from './platform.js';
import type { RelayStatus } from './relay.js';

const findingSchema = z.object({ name: z.string(), reason: z.string() });

const answerSchema = z.object({
  service: z.string(),
  ready: z.boolean(),
  failures: z.array(findingSchema),
  warnings: z.array(findingSchema),
  engines: z.array(
    z.object({
      role: z.enum(['event-store', 'bus', 'database']),
      kind: z.enum(['postgresql', 'eventstoredb', 'kafka']),
      state: z.enum(['up', 'down']),
      detail: z.string().optional(),
      answered_ms: z.number().optional(),
    }),
  ),
  relay: z
    .object({ topic: z.string(), publishedUpTo: z.string().optional(), head: z.string(), caughtUp: z.boolean(), behind_ms: z.number() })
    .optional(),
  consumer: z
    .object({ group: z.string(), topics: z.array(z.string()), lag: z.int().optional(), parkedKeys: z.int().optional(), parkedMessages: z.int().optional() })
    .optional(),
  readModels: z.array(
    z.looseObject({
      name: z.string(),
      position: z.string().optional(),
      head: z.string().optional(),
      caughtUp: z.boolean(),
      lagEvents: z.int().optional(),
      behind_ms: z.number().optional(),
      failure: z.string().optional(),
    }),
  ),
});

/** What went wrong stands in the log: the words of a database are not for everybody. */
const failureTold = 'fails; the log of the service says why';

interface Parts {
  readonly background: readonly object[];
  readonly transport?: { readonly consumer: { status(): Promise<ConsumerStatus | undefined> } };
  readonly readModels?: ReadModels;
}

interface Publishing {
  relayStatus(): Promise<RelayStatus | undefined>;
}

const publishes = (background: object): background is Publishing => 'relayStatus' in background;

/** What is not to be had because an engine is away, or frozen, is left out; the engine itself says so. */
const orNone = async <Value>(asked: Promise<Value> | undefined): Promise<Value | undefined> => {
  if (asked === undefined) return undefined;
  return withinTime(asked, look_ms).catch(() => undefined);
};

/** A service as operations look at it. */
export class Operations {
  constructor(
    private readonly platform: Platform,
    private readonly parts: Parts,
  ) {}

  /** Takes hardly longer than the engines are asked for: whoever looks wants to know which of them does not answer. */
  async look(): Promise<z.infer<typeof answerSchema>> {
    const { service, readiness, engines } = this.platform;
    const { background, transport, readModels } = this.parts;
    const [failures, warnings, engineStates, relay, consumer, models] = await Promise.all([
      readiness.failures(),
      readiness.warnings(),
      engineStatuses(engines),
      orNone(background.find(publishes)?.relayStatus()),
      orNone(transport?.consumer.status()),
      orNone(readModels?.statuses()),
    ]);
    return {
      service,
      ready: failures.length === 0,
      failures: [...failures],
      warnings: [...warnings],
      engines: engineStates,
      ...(relay === undefined ? {} : { relay }),
      ...(consumer === undefined ? {} : { consumer }),
      readModels: (models ?? []).map(({ building, failure, ...model }) => ({
        ...model,
        ...(failure === undefined ? {} : { failure: failureTold }),
        ...(building === undefined ? {} : { building: building.failure === undefined ? building : { ...building, failure: failureTold } }),
      })),
    };
  }
}

/** Where operations see how a service is: its engines, what it publishes and hears, and its read models. */
export const operationsController = (service: string): Type => {
  @ApiTags('operations')
  @AllowPlatformOperators()
  @Controller(`api/services/${service}/operations`)
  class OperationsController {
    constructor(@Inject(Operations) private readonly operations: Operations) {}

    @Get()
    @ApiOperation({ summary: `How ${service} is: engines, lag, read models, parked messages` })
    @ApiResponse({ status: 200, schema: z.toJSONSchema(answerSchema) as object })
    look(): Promise<z.infer<typeof answerSchema>> {
      return this.operations.look();
    }
  }
  return OperationsController;
};
