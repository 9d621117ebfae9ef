import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { Caller } from '../platform/caller.js';

const program = fileURLToPath(new URL('./bare-path-server.js', import.meta.url));

interface Recorded {
  readonly stream: string;
  readonly position: string;
  readonly eventId: string;
}

/** The same way from a command to its reader without Cairn, as a process of its own beside the platform. */
export class BarePath {
  private readonly caller = new Caller();
  private sent = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
    private readonly streams: number,
  ) {}

  /** @param databaseUrl of an empty database */
  static async start(databaseUrl: string, streams: number): Promise<BarePath> {
    const child = fork(program, { env: { ...process.env, DATABASE_URL: databaseUrl } });
    const [port] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [number];
    if (!child.connected) throw new Error('The path by hand did not start');
    return new BarePath(child, `http://127.0.0.1:${port}`, streams);
  }

  /** Puts an event into the stream that rested longest. */
  async command(): Promise<Recorded> {
    const stream = `adoption-${this.sent++ % this.streams}`;
    const content = JSON.stringify({ occurredAt: new Date().toISOString(), reason: 'for a benchmark' });
    const { position, events } = await this.ask<{ position: string; events: readonly { eventId: string }[] }>('POST', stream, content);
    return { stream, position, eventId: events[0]?.eventId ?? '' };
  }

  /** Reads the stream once the event is shown. @throws unless it is */
  async read({ stream, position, eventId }: Recorded): Promise<void> {
    const { items } = await this.ask<{ items: readonly { eventId: string }[] }>('GET', `${stream}?position=${position}`);
    if (!items.some((item) => item.eventId === eventId)) throw new Error(`Event ${eventId} is not to be seen at ${position}`);
  }

  async stop(): Promise<void> {
    this.caller.close();
    this.child.disconnect();
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  private async ask<Answer>(method: 'GET' | 'POST', path: string, content?: string): Promise<Answer> {
    const { status, text } = await this.caller.send(`${this.url}/${path}`, { method, headers: {}, ...(content !== undefined && { content }) });
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text) as Answer;
  }
}
