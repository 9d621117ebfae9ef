import { Agent } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  Closers,
  closeServer,
  HealthController,
  jsonBytesMax,
  JwtVerifier,
  methodNotAllowed,
  nestLogger,
  openLogger,
  PrincipalGuard,
  ProblemFilter,
  Readiness,
  requestContext,
  requestLog,
  validation,
} from '@cairn/service-kit';
import type { IdentityConfig, LogLevel, RunningService } from '@cairn/service-kit';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import express from 'express';

import { doorkeeper } from './door/door.js';
import { OpenApiController, OwnDocument } from './door/open-api.controller.js';
import { OperationsController } from './door/operations.controller.js';
import { passOn } from './door/pass-on.js';
import type { Upstream } from './door/upstreams.js';
import { Upstreams } from './door/upstreams.js';
import { requireLoopbackName, securityHeaders, webUi } from './door/web-ui.js';
import { LocalSignIn, SessionController } from './session/session.controller.js';
import type { LocalPerson } from './session/token-issuer.js';
import { LocalTokenIssuer } from './session/token-issuer.js';

export interface AdminConfig {
  readonly host: string;
  readonly port: number;
  readonly identity: IdentityConfig;
  readonly logLevel: LogLevel;
  readonly upstreams: readonly Upstream[];
  /** Folder of the built admin UI. */
  readonly webRoot: string;
  /** On one machine: who can sign in without a password, and the key that signs for them. */
  readonly local?: { readonly people: readonly LocalPerson[]; readonly privateKeyPem: string };
  /** Whether `local` was asked for outside of `npm start`; the log warns of it. */
  readonly developmentSignIn?: boolean;
  /** Why districts are not served yet, in words (the sample is loading); undefined once they are. */
  readonly gate?: () => string | undefined;
}

const upstreamReadiness = (readiness: Readiness, { name, url }: Upstream): void =>
  readiness.add({
    name,
    check: async () => {
      const response = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(3_000) });
      return response.ok ? undefined : 'is not ready';
    },
  });

/** Longer than a service takes to find out what is wrong with it, and than the door waits for that. */
const readinessLimit_ms = 3_200;

const readinessOf = ({ upstreams, gate }: AdminConfig, directory: Upstreams): Readiness => {
  const readiness = new Readiness(readinessLimit_ms);
  readiness.add({ name: 'start-up', check: () => Promise.resolve(gate?.()) });
  readiness.add({
    name: 'documents',
    check: async () => ((await directory.learn()).length === 0 ? undefined : 'services have not told what they serve'),
  });
  for (const upstream of upstreams) upstreamReadiness(readiness, upstream);
  return readiness;
};

const developmentWarning =
  'CAIRN_DEVELOPMENT_SIGN_IN=1: whoever reaches this address can sign in as anybody, without a password. Never use it for a real district.';

/** What the door answers itself, whatever the services have. */
const ownPaths = /^\/api\/(session|health|operations|openapi\.json)(\/|$)/i;

/** Starts the one door: session, admin UI, and the way to every service. */
export const startAdmin = (config: AdminConfig): Promise<RunningService> => {
  const closers = new Closers();
  return closers.orClose(() => openDoor(config, closers));
};

const unused_ms = 30_000;

const openDoor = async (config: AdminConfig, closers: Closers): Promise<RunningService> => {
  const logger = openLogger('admin', config.logLevel);
  const upstreams = new Upstreams(config.upstreams);
  const verifier = await JwtVerifier.open(config.identity);
  const issuer = config.local ? await LocalTokenIssuer.open(config.local.privateKeyPem) : undefined;
  if (config.developmentSignIn) logger.warn(developmentWarning);
  const own = new OwnDocument();
  class AdminModule {}
  const module = {
    module: AdminModule,
    controllers: [HealthController, SessionController, OpenApiController, OperationsController],
    providers: [
      { provide: Readiness, useValue: readinessOf(config, upstreams) },
      { provide: Upstreams, useValue: upstreams },
      { provide: OwnDocument, useValue: own },
      { provide: LocalSignIn, useValue: new LocalSignIn(config.local?.people ?? [], issuer) },
      { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
      { provide: APP_GUARD, useFactory: (reflector: Reflector) => new PrincipalGuard(verifier, reflector), inject: [Reflector] },
      { provide: APP_PIPE, useValue: validation() },
    ],
  };
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  closers.push(() => app.close());
  app.disable('x-powered-by');
  if (config.local) app.use(requireLoopbackName);
  app.use(requestContext, requestLog(logger), securityHeaders());
  app.use(doorkeeper(() => config.gate?.()));
  // An unused connection is given up before the service at its other end would, whose end could meet a request on its way.
  const agent = new Agent({ keepAlive: true, timeout: unused_ms });
  closers.push(async () => agent.destroy());
  app.use(passOn(upstreams, agent, (path) => ownPaths.test(path)));
  app.use(methodNotAllowed(() => own.document));
  app.use(webUi(config.webRoot));
  app.use('/api/session', express.json({ limit: jsonBytesMax }));
  await app.init();
  own.document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Cairn').build());
  await upstreams.learn();
  await app.listen(config.port, config.host);
  const server = app.getHttpServer() as Server;
  closers.push(() => closeServer(server, 5_000));
  const { port } = server.address() as AddressInfo;
  return {
    name: 'admin',
    url: `http://${config.host}:${port}`,
    close: () => closers.closeAll(),
  };
};
