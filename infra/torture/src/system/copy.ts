import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Replayed } from '@cairn/event-bus';

import type { Command } from '../ledger/append-ledger.js';
import { patience_ms, until } from '../until.js';
import type { CopySettings } from './settings.js';
import type { BuildOrder, CopyStatus, FromCopy, ToCopy } from './talk.js';

/** The copy did not answer: it died, or took too long. Whether it did what it was told is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export class CopyFailedError extends Error {
  override readonly name = 'CopyFailedError';
  constructor(
    readonly failure: string,
    message: string,
    /** The version of the stream, when the expected one was wrong. */
    readonly actual: number | undefined,
  ) {
    super(`${failure}: ${message}`);
  }
}

/** From sources while they are tested, else from what was built. */
const command = (): readonly string[] => {
  if (!import.meta.url.endsWith('.ts')) return [fileURLToPath(new URL('child.js', import.meta.url))];
  const root = dirname(createRequire(import.meta.url).resolve('@cairn/embedded-postgres/package.json'));
  const hooks = join(root, 'jest', 'register-source.js');
  return ['--conditions=@cairn/source', '--import', hooks, fileURLToPath(new URL('child.ts', import.meta.url))];
};

type Telling = { readonly [Kind in 'append' | 'ask' | 'replay' | 'build']: Omit<Extract<ToCopy, Record<Kind, unknown>>, 'call'> };

/** A process of the system under test, as its driver sees it. */
export class Copy {
  readonly troubles: string[] = [];
  started = false;
  private readonly calls = new Map<number, (answer: FromCopy | undefined) => void>();
  private next = 0;
  private said = '';
  private readonly gone: Promise<void>;

  private constructor(
    readonly settings: CopySettings,
    private readonly child: ChildProcess,
  ) {
    this.gone = new Promise((resolve) => child.once('close', () => resolve()));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.said += String(chunk)));
    child.on('message', (message: FromCopy) => this.hear(message));
    child.on('error', () => undefined);
    void this.gone.then(() => this.calls.forEach((answer) => answer(undefined)));
  }

  static launch(settings: CopySettings): Copy {
    const child = spawn(process.execPath, ['--expose-gc', ...command(), JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const copy = new Copy(settings, child);
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    void copy.gone.then(() => process.off('exit', killWithUs));
    return copy;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves once all roles run. @throws Error with what it said when it ended instead */
  async ready(): Promise<this> {
    await until('a copy has started', () => this.started || !this.alive);
    if (!this.started) throw new Error(`The copy ended: ${this.said}`);
    return this;
  }

  async append(append: Command, expected: number, timeout_ms: number): Promise<{ version: number; position: string }> {
    const answer = await this.tell({ append, expected }, timeout_ms);
    if (!('appended' in answer)) throw new NoAnswerError('Another answer was waited for');
    return answer.appended;
  }

  async status(timeout_ms = 20_000): Promise<CopyStatus> {
    const answer = await this.tell({ ask: 'status' }, timeout_ms);
    if (!('status' in answer)) throw new NoAnswerError('Another answer was waited for');
    return answer.status;
  }

  /** Applies what is parked of a key. */
  async replay(key: string): Promise<Replayed> {
    const answer = await this.tell({ replay: key }, 30_000);
    if (!('replayed' in answer)) throw new NoAnswerError('Another answer was waited for');
    return answer.replayed;
  }

  /** Resolves once the order is taken; `status` tells when it is done. */
  async build(build: BuildOrder): Promise<void> {
    await this.tell({ build }, 30_000);
  }

  /** kill -9; resolves once it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  /** Resolves once it has died by itself. */
  async death(timeout_ms = patience_ms): Promise<void> {
    await until('the copy has died where it was told to', () => !this.alive, timeout_ms);
    await this.gone;
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** Whether it stands still (state T in https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
  async isStopped(): Promise<boolean> {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8').catch(() => '');
    return / T /.test(stat.slice(stat.lastIndexOf(')') + 1, stat.lastIndexOf(')') + 4));
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  private async tell(telling: Telling[keyof Telling], timeout_ms: number): Promise<FromCopy> {
    const call = (this.next += 1);
    const answer = await new Promise<FromCopy | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), timeout_ms);
      this.calls.set(call, (heard) => {
        clearTimeout(timer);
        resolve(heard);
      });
      if (!this.alive) this.calls.get(call)?.(undefined);
      else this.child.send({ call, ...telling }, (error) => error && this.calls.get(call)?.(undefined));
    });
    this.calls.delete(call);
    if (answer === undefined) throw new NoAnswerError(`Copy ${this.child.pid} did not answer`);
    if ('failed' in answer) throw new CopyFailedError(answer.failed.name, answer.failed.message, answer.failed.actual);
    return answer;
  }

  private hear(message: FromCopy): void {
    if ('started' in message) this.started = true;
    else if ('trouble' in message) this.troubles.push(message.trouble);
    else this.calls.get(message.call)?.(message);
  }
}
