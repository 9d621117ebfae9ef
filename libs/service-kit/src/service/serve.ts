import type { RequestListener } from 'node:http';

import { EventBus } from '@cairn/event-bus';
import { Clock, EventStore } from '@cairn/event-store';
import type { Provider, Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import express from 'express';
import type { Request, Response } from 'express';
import { DataSource } from 'typeorm';

import { CommandRunner } from '../commands/command-runner.js';
import { methodNotAllowed } from '../http/method-not-allowed.js';
import { MinPositionInterceptor, PositionWaiter } from '../http/min-position.interceptor.js';
import { PrincipalGuard } from '../http/principal.guard.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { requestContext } from '../http/request-context.js';
import { requireKnownBody } from '../http/require-known-body.js';
import { TimeLimitInterceptor } from '../http/time-limit.interceptor.js';
import { TokenVerifier } from '../http/token-verifier.js';
import { validation } from '../http/validation.js';
import type { ReadModels } from '../projections/read-models.controller.js';
import { simulatedTime } from '../time/simulated-time.js';
import { connect } from './bus-transport.js';
import type { BusTransport } from './bus-transport.js';
import { Closers } from './closers.js';
import { HealthController } from './health.controller.js';
import type { HttpFront } from './http-front.js';
import { nestLogger, requestLog } from './logging.js';
import { Operations, operationsController } from './operations.controller.js';
import type { Platform } from './platform.js';
import { Readiness } from './readiness.js';

/** Work beside requests: a relay, a consumer, a projection. Started before the service listens, stopped after. */
export interface Background {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ServiceParts {
  readonly title: string;
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly waiter: PositionWaiter;
  readonly background: readonly Background[];
  /** Hands to `@EventPattern` handlers what the bus delivers. */
  readonly transport?: BusTransport;
  /** Read models, for what operations look at. */
  readonly readModels?: ReadModels;
  /** Further set-up of the HTTP application, before it listens. */
  readonly configure?: (app: NestExpressApplication) => void;
}

export interface RunningService {
  readonly name: string;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Answers a request that came to another server of this process; of a service in another process there is none. */
  readonly handle?: RequestListener;
  /** Stops taking requests, ends those that run (at most 5 s), then the background work, then the engines. */
  close(): Promise<void>;
}

export const jsonBytesMax = 1_048_576;
export const csvBytesMax = 10_485_760;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bodies are UTF-8 or refused; replacing what is not would store something that nobody sent. */
const requireUtf8 = (_request: unknown, _response: unknown, body: Buffer): void => {
  try {
    utf8.decode(body);
  } catch {
    throw Object.assign(new Error('The body is not UTF-8. Nothing was changed.'), { status: 400 });
  }
};

const serviceModule = (platform: Platform, parts: ServiceParts) => {
  class ServiceModule {}
  return {
    module: ServiceModule,
    imports: [CqrsModule.forRoot()],
    controllers: [HealthController, operationsController(platform.service), ...parts.controllers],
    providers: [
      { provide: EventStore, useValue: platform.store },
      { provide: EventBus, useValue: platform.bus },
      { provide: Clock, useValue: platform.clock },
      { provide: DataSource, useValue: platform.dataSource },
      { provide: CommandRunner, useValue: platform.runner },
      { provide: TokenVerifier, useValue: platform.verifier },
      { provide: Readiness, useValue: platform.readiness },
      { provide: Operations, useValue: new Operations(platform, parts) },
      { provide: PositionWaiter, useValue: parts.waiter },
      { provide: APP_FILTER, useValue: new ProblemFilter(platform.logger) },
      { provide: APP_GUARD, useFactory: (reflector: Reflector) => new PrincipalGuard(platform.verifier, reflector), inject: [Reflector] },
      { provide: APP_INTERCEPTOR, useValue: new TimeLimitInterceptor() },
      { provide: APP_INTERCEPTOR, useValue: new MinPositionInterceptor(parts.waiter, platform.service) },
      { provide: APP_PIPE, useValue: validation() },
      ...parts.providers,
    ],
  };
};

const document = (app: NestExpressApplication, title: string): OpenAPIObject =>
  SwaggerModule.createDocument(
    app,
    new DocumentBuilder().setTitle(title).setVersion('1').setOpenAPIVersion('3.1.0').addBearerAuth().build(),
  );

/**
 * Serves a service behind its front: one Nest application with the same edge everywhere (problems, principal, limits,
 * health, OpenAPI). When it cannot, it is stopped and closed as far as it came, the platform with it; the front stays.
 */
export const serve = (front: HttpFront, platform: Platform, assemble: (platform: Platform) => ServiceParts): Promise<RunningService> => {
  const closers = new Closers();
  closers.push(() => platform.close());
  return closers.orClose(() => startServing(front, platform, assemble(platform), closers));
};

const startServing = async (front: HttpFront, platform: Platform, parts: ServiceParts, closers: Closers): Promise<RunningService> => {
  const { logger, service } = platform;
  const app = await NestFactory.create<NestExpressApplication>(serviceModule(platform, parts), {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  closers.push(() => app.close());
  const described: { openApi?: OpenAPIObject } = {};
  app.disable('x-powered-by');
  // Large answers name the instant that they are of, and are never the same again: their digest would be worked out for nothing.
  app.disable('etag');
  app.use(requestContext, simulatedTime, requestLog(logger));
  app.use(methodNotAllowed(() => described.openApi));
  app.use(requireKnownBody);
  app.use(express.json({ limit: jsonBytesMax, verify: requireUtf8, strict: false }));
  app.use(express.raw({ type: 'text/csv', limit: csvBytesMax }));
  app.use('/openapi.json', (_request: Request, response: Response) => void response.json(described.openApi));
  parts.configure?.(app);
  const { transport } = parts;
  if (transport) connect(app, transport);
  await app.init();
  described.openApi = document(app, parts.title);
  for (const background of parts.background) {
    // Before it starts: what fails on the way has begun something, too.
    closers.push(() => background.stop());
    await background.start();
  }
  if (transport) {
    closers.push(() => transport.close());
    await app.startAllMicroservices();
  }
  front.open(app.getHttpAdapter().getInstance() as RequestListener);
  closers.push(() => front.close());
  logger.info('ready to serve');
  return { name: service, url: front.url, handle: front.handle, close: () => closers.closeAll() };
};
