import { Agent, request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';

/** Less than the five seconds after which the door closes one, whose end could meet a request on its way. */
const unused_ms = 2_000;

export interface Sent {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly content?: string;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks over connections that are kept. It shares the machine with what is measured, and takes half the processor time of
 * `fetch`.
 */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true, noDelay: true, timeout: unused_ms });

  send(url: string, { method, headers, content = '' }: Sent): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const length = content === '' ? {} : { 'Content-Length': Buffer.byteLength(content) };
      const asked = request(url, { method, agent: this.agent, headers: { ...headers, ...length } }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.once('error', reject);
      });
      asked.once('error', reject);
      asked.end(content);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
