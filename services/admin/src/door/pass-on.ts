import type { Agent, IncomingMessage, RequestListener } from 'node:http';

import { positionHeader, seenPositionHeader, unavailable } from '@cairn/service-kit';
import { createProxyMiddleware } from 'http-proxy-middleware';
import type { Request, RequestHandler, Response } from 'express';

import { answerProblem, safeMethods } from './answer-problem.js';
import { beforeHead } from './before-head.js';
import { SeenPositions } from './seen-positions.js';
import type { Upstream, Upstreams } from './upstreams.js';
import { isOfApi } from './web-ui.js';

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

/** Tells services what was acknowledged a moment ago, and learns it from their answers. */
class Acknowledged {
  private readonly seen = new SeenPositions();

  tell(request: Request): void {
    const tokens = this.seen.of(districtOf(request.path));
    if (tokens !== undefined) request.headers[seenPositionHeader] = tokens;
  }

  learn(request: Request, position: unknown): void {
    if (typeof position !== 'string' || safeMethods.has(request.method)) return;
    this.seen.remember(districtOf(request.path), position);
  }
}

/** Over the network, by connections that `agent` keeps for the next request. */
const overNetwork = (upstreams: Upstreams, agent: Agent, acknowledged: Acknowledged): RequestHandler =>
  createProxyMiddleware<Request, Response>({
    router: (request) => upstreams.find(request.path)?.url,
    target: 'http://127.0.0.1:9',
    agent,
    proxyTimeout: upstreamTimeout_ms,
    timeout: upstreamTimeout_ms,
    on: {
      // Whether a connection is kept is said for each of the two by who holds its ends.
      proxyReq: (outgoing) => void outgoing.setHeader('connection', 'keep-alive'),
      proxyRes: (incoming: IncomingMessage, request) => {
        delete incoming.headers.connection;
        delete incoming.headers['keep-alive'];
        acknowledged.learn(request, incoming.headers[positionHeader]);
      },
      error: (_error, request, response) => {
        const name = upstreams.find((request as Request).path)?.name ?? 'A service behind this address';
        const away = unavailable(`${name} does not answer. Whether anything was changed is not known; try again.`);
        if ('writeHead' in response) answerProblem(response, away);
        else response.end();
      },
    },
  });

/** To a service of this process: as its own server would hand the request over, without a second pair of sockets. */
const within = (handle: RequestListener, acknowledged: Acknowledged, request: Request, response: Response): void => {
  // Before the answer leaves: who has it may ask the next moment, and is to see what it tells.
  beforeHead(response, () => acknowledged.learn(request, response.getHeader(positionHeader)));
  handle(request, response);
};

/**
 * Passes requests on to the service whose path it is; what no service has goes on to the door's own routes. While a
 * service has not told what it serves, a path that nobody else has may be its own, and is no 404.
 */
export const passOn = (upstreams: Upstreams, agent: Agent, isOwn: (path: string) => boolean): RequestHandler => {
  const acknowledged = new Acknowledged();
  const proxy = overNetwork(upstreams, agent, acknowledged);
  return (request, response, next) => {
    const pass = (upstream: Upstream | undefined): void => {
      if (upstream !== undefined) {
        acknowledged.tell(request);
        if (upstream.handle) within(upstream.handle, acknowledged, request, response);
        else void proxy(request, response, next);
        return;
      }
      const { silent } = upstreams;
      if (silent.length === 0 || !isOfApi(request.path) || isOwn(request.path)) return next();
      answerProblem(response, unavailable(`Not yet known what is served by ${silent.join(', ')}. Nothing was changed; try again shortly.`));
    };
    const known = upstreams.find(request.path);
    if (known !== undefined || !isOfApi(request.path)) pass(known);
    else upstreams.findAnew(request.path).then(pass, next);
  };
};
