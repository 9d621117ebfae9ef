import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ownEnvironment } from '@cairn/embedded-postgres/testing';

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const source = new URL('../../../../libs/embedded-postgres/jest/register-source.js', import.meta.url).href;

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** The command line as a process of its own, from the source that is under test. */
export class CairnProcess {
  private text = '';
  private readonly exited: Promise<Finished>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.exited = once(child, 'close').then(([code]) => ({ code: code as number | null, output: this.text }));
  }

  static spawn(args: readonly string[], environment: Readonly<Record<string, string>> = {}): CairnProcess {
    return CairnProcess.run(main, args, environment);
  }

  /** A service by itself, as `npm run start:service` starts it. */
  static service(name: string, environment: Readonly<Record<string, string>>): CairnProcess {
    return CairnProcess.run(fileURLToPath(new URL(`../../../../services/${name}/src/main.ts`, import.meta.url)), [], environment);
  }

  private static run(file: string, args: readonly string[], environment: Readonly<Record<string, string>>): CairnProcess {
    const child = spawn(process.execPath, ['--conditions=@cairn/source', '--import', source, file, ...args], {
      env: { ...ownEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new CairnProcess(child);
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves with the first match in what the process has said. @throws when it ends, or `timeout_ms` pass, before */
  async says(pattern: RegExp, timeout_ms = 120_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeout_ms;
    for (;;) {
      const found = pattern.exec(this.text);
      if (found) return found;
      if (this.child.exitCode !== null || Date.now() > deadline) throw new Error(`It did not say ${pattern}:\n${this.text}`);
      await Promise.race([once(this.child.stdout ?? this.child, 'data'), once(this.child.stderr ?? this.child, 'data'), this.exited]);
    }
  }

  /** Sends a signal and resolves once the process has ended. */
  async end(signal: NodeJS.Signals): Promise<Finished> {
    this.child.kill(signal);
    return this.exited;
  }

  finished(): Promise<Finished> {
    return this.exited;
  }
}

/** `cairn start` on a data directory, ready. */
export class StartedCairn {
  private constructor(
    readonly process: CairnProcess,
    readonly url: string,
    readonly token: string,
  ) {}

  static async ready(dataDir: string, more: readonly string[] = [], environment: Readonly<Record<string, string>> = {}, timeout_ms?: number): Promise<StartedCairn> {
    const started = CairnProcess.spawn(['start', '--data', dataDir, '--port', '0', ...more], environment);
    const [, url] = await started.says(/runs at (http:\S+)/, timeout_ms);
    return new StartedCairn(started, url ?? '', await readFile(join(dataDir, 'operator-token'), 'utf8'));
  }

  async get<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  post<Answer>(path: string, body: object): Promise<Answer> {
    return this.send(path, 'application/json', JSON.stringify(body));
  }

  csv<Answer>(path: string, content: string): Promise<Answer> {
    return this.send(path, 'text/csv', content);
  }

  private async send<Answer>(path: string, type: string, body: string): Promise<Answer> {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': type };
    const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}
