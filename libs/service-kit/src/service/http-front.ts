import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { unavailable } from '../http/problem.js';
import { closeServer } from './close-server.js';
import type { Finding } from './readiness.js';

const drain_ms = 5_000;

const answer = (response: ServerResponse, status: number, type: string, body: object): void => {
  const headers = status === 503 ? { 'Retry-After': '1' } : {};
  response.writeHead(status, { 'Content-Type': type, ...headers });
  response.end(JSON.stringify(body));
};

/**
 * The one HTTP server of a service, there from the first moment: until the service has its engines, it tells health and
 * answers everything else with 503, so that whoever looks sees a process that lives and says what it waits for.
 */
export class HttpFront {
  private lacks: Finding = { name: 'start-up', reason: 'The service is starting.' };
  private handler: RequestListener = (request, response) => this.answerWhileStarting(request, response);
  private readonly server: Server = createServer((request, response) => this.handle(request, response));

  private constructor(private readonly host: string) {}

  /** @throws when the port is taken */
  static async listen(host: string, port: number): Promise<HttpFront> {
    const front = new HttpFront(host);
    front.server.requestTimeout = 60_000;
    // Longer than the door leaves a connection unused, so that none is closed just when a request is sent on it.
    front.server.keepAliveTimeout = 65_000;
    await new Promise<void>((resolve, reject) => {
      front.server.once('error', reject);
      front.server.listen(port, host, () => {
        front.server.off('error', reject);
        resolve();
      });
    });
    return front;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** What the service lacks so far. */
  waitsFor(lack: Finding): void {
    this.lacks = lack;
  }

  /** From now on the service answers itself. */
  open(handler: RequestListener): void {
    this.handler = handler;
  }

  /** Answers a request that may have come to another server of this process. */
  readonly handle: RequestListener = (request, response) => this.handler(request, response);

  /** Takes no new requests, lets those that run end, and cuts what is left after 5 s. */
  close(): Promise<void> {
    return closeServer(this.server, drain_ms);
  }

  private answerWhileStarting(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/api/health/live') return answer(response, 200, 'application/json', { status: 'live' });
    if (path === '/api/health/ready') {
      return answer(response, 503, 'application/json', { status: 'not-ready', failures: [this.lacks] });
    }
    const { problem } = unavailable(`${this.lacks.reason} Nothing was changed.`);
    return answer(response, 503, 'application/problem+json', { ...problem, instance: path });
  }
}
