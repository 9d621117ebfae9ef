import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface ServiceProcessOptions {
  readonly name: string;
  /** All that the service is set up by, `PORT` included: it keeps its address over restarts. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it says, line by line: its log. */
  readonly onLine: (line: string) => void;
}

/** The service ended before it answered, more than once: what it said stands in the message. */
export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError';
}

const startTimeout_ms = 60_000;
const restartFirst_ms = 100;
const restartMax_ms = 5_000;
/** A service drains its requests for 5 s at most, then its background work. */
const stopTimeout_ms = 15_000;
const saidLinesMax = 20;

const fromSource = import.meta.url.endsWith('.ts');
const entry = fileURLToPath(new URL(fromSource ? './run-service.ts' : './run-service.js', import.meta.url));
/** From the source that is under test, or from what was built. */
const nodeArguments = fromSource
  ? ['--conditions=@cairn/source', '--import', new URL('../../../../libs/embedded-postgres/jest/register-source.js', import.meta.url).href]
  : [];

/** One service as a process of its own, started again whenever it ends although nobody asked it to. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private readonly watching: Promise<void>;
  private readonly said: string[] = [];
  private announced!: (url: string) => void;
  private failed!: (error: Error) => void;
  /** Where it answers. @throws ServiceStartError when its first start fails */
  readonly url = new Promise<string>((resolve, reject) => {
    this.announced = resolve;
    this.failed = reject;
  });

  constructor(private readonly options: ServiceProcessOptions) {
    this.url.catch(() => undefined);
    this.watching = this.watch();
  }

  get name(): string {
    return this.options.name;
  }

  /** Of the process that runs now; undefined between two. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Tells it to stop and resolves once it has ended; one that does not is killed. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    child?.kill('SIGTERM');
    const timer = setTimeout(() => child?.kill('SIGKILL'), stopTimeout_ms);
    await this.watching;
    clearTimeout(timer);
  }

  private async watch(): Promise<void> {
    for (let wait_ms = restartFirst_ms; !this.stopping; wait_ms = Math.min(wait_ms * 2, restartMax_ms)) {
      const began = performance.now();
      const answered = await this.run();
      if (this.stopping) break;
      if (!answered.ever) {
        this.failed(new ServiceStartError(`${this.name} ended before it answered:\n${this.said.join('\n')}`));
        return;
      }
      this.options.onLine(`${this.name} ended (${answered.how}) and is started again.`);
      if (performance.now() - began > restartMax_ms) wait_ms = restartFirst_ms;
      await pause(wait_ms);
    }
  }

  /** Runs it once; whether any run of it has answered so far, and how this one ended. */
  private async run(): Promise<{ readonly ever: boolean; readonly how: string }> {
    try {
      const how = await this.runToItsEnd();
      return { ever: this.ever, how };
    } catch (error) {
      // The system has no more processes, or no memory for one, now: it may have in a while.
      const how = `it could not be started: ${error instanceof Error ? error.message : String(error)}`;
      this.said.push(how);
      return { ever: this.ever, how };
    } finally {
      this.child = undefined;
    }
  }

  private async runToItsEnd(): Promise<string> {
    const child = fork(entry, [this.name], { env: { ...this.options.environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: nodeArguments });
    this.child = child;
    const tooLate = setTimeout(() => child.kill('SIGKILL'), startTimeout_ms);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.heard(line, tooLate));
    }
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      return signal ?? `code ${code}`;
    } finally {
      clearTimeout(tooLate);
    }
  }

  private ever = false;

  private heard(line: string, tooLate: NodeJS.Timeout): void {
    const [, url] = /answers at (http:\S+)$/.exec(line) ?? [];
    if (url === undefined) {
      this.said.push(line);
      if (this.said.length > saidLinesMax) this.said.shift();
      this.options.onLine(line);
      return;
    }
    clearTimeout(tooLate);
    this.ever = true;
    this.announced(url);
  }
}
