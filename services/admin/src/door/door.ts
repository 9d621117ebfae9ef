import type { Agent, IncomingMessage, ServerResponse } from 'node:http';

import { ProblemException, positionHeader, problems, seenPositionHeader, simulatedNowHeader, unavailable } from '@cairn/service-kit';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

import { tokenInCookie } from '../session/session-cookie.js';
import { SeenPositions } from './seen-positions.js';
import type { Upstreams } from './upstreams.js';
import { isOfApi } from './web-ui.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const upstreamTimeout_ms = 60_000;

/** The district that a path is about, decoded; undefined when it is about none, or cannot be decoded. */
const districtOf = (path: string): string | undefined => {
  try {
    const part = /^\/api\/districts\/([^/]+)/.exec(path)?.[1];
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

/** Answers a problem from a place where no exception filter is. */
const answerProblem = (response: ServerResponse, { problem, headers }: ProblemException): void => {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(problem.status, { ...headers, 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
};

/**
 * A page of another origin can make a browser send the cookie, but not this header without asking first, which
 * nobody answers here.
 */
const requireOwnPage = (request: Request): void => {
  if (safeMethods.has(request.method) || request.header('x-requested-with') === 'cairn') return;
  throw problems.forbidden('With a session cookie, send the header "X-Requested-With: cairn". Scripts send a bearer token.');
};

/** Turns the session cookie into the bearer token that services understand; no cookie gets past the door. */
const identify = (request: Request): void => {
  const token = tokenInCookie(request);
  delete request.headers.cookie;
  if (token === undefined || request.headers.authorization !== undefined) return;
  requireOwnPage(request);
  request.headers.authorization = `Bearer ${token}`;
};

/** Express middleware in front of everything: identity, and what the door alone may say. */
export const doorkeeper = (gate: () => string | undefined): RequestHandler => {
  return (request: Request, response: Response, next: NextFunction): void => {
    try {
      identify(request);
      delete request.headers[seenPositionHeader];
      delete request.headers[simulatedNowHeader];
      const shut = request.path.startsWith('/api/districts') ? gate() : undefined;
      if (shut !== undefined) throw unavailable(shut, 2);
      next();
    } catch (error) {
      if (error instanceof ProblemException) answerProblem(response, error);
      else next(error);
    }
  };
};

/**
 * Passes requests on to the service whose path it is; what no service has goes on to the door's own routes. While a
 * service has not told what it serves, a path that nobody else has may be its own, and is no 404. Connections to the
 * services are those of `agent`, which keeps them for the next request.
 */
export const passOn = (upstreams: Upstreams, agent: Agent, isOwn: (path: string) => boolean): RequestHandler => {
  const seen = new SeenPositions();
  const proxy = createProxyMiddleware<Request, Response>({
    router: (request) => upstreams.find(request.path)?.url,
    target: 'http://127.0.0.1:9',
    agent,
    proxyTimeout: upstreamTimeout_ms,
    timeout: upstreamTimeout_ms,
    on: {
      proxyReq: (outgoing, request) => {
        // Whether a connection is kept is said for each of the two by who holds its ends.
        outgoing.setHeader('connection', 'keep-alive');
        const district = districtOf(request.path);
        const tokens = seen.of(district);
        if (tokens !== undefined) outgoing.setHeader(seenPositionHeader, tokens);
      },
      proxyRes: (incoming: IncomingMessage, request) => {
        delete incoming.headers.connection;
        delete incoming.headers['keep-alive'];
        const token = incoming.headers[positionHeader];
        const district = districtOf(request.path);
        if (typeof token === 'string' && !safeMethods.has(request.method)) seen.remember(district, token);
      },
      error: (_error, request, response) => {
        const name = upstreams.find((request as Request).path)?.name ?? 'A service behind this address';
        const away = unavailable(`${name} does not answer. Whether anything was changed is not known; try again.`);
        if ('writeHead' in response) answerProblem(response, away);
        else response.end();
      },
    },
  });
  return (request, response, next) => {
    const pass = (known: boolean): void => {
      if (known) return void proxy(request, response, next);
      const { silent } = upstreams;
      if (silent.length === 0 || !isOfApi(request.path) || isOwn(request.path)) return next();
      answerProblem(response, unavailable(`Not yet known what is served by ${silent.join(', ')}. Nothing was changed; try again shortly.`));
    };
    if (upstreams.find(request.path)) pass(true);
    else if (!isOfApi(request.path)) pass(false);
    else upstreams.findAnew(request.path).then((upstream) => pass(upstream !== undefined), next);
  };
};
