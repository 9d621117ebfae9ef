import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ownEnvironment } from '@cairn/embedded-postgres/testing';

/** How a run of the command line ended. */
export interface Finished {
  readonly code: number | null;
  readonly said: string;
}

/** So much of what it said last is kept, in characters. */
const saidMax = 20_000;

/** From sources while they are tested, else from what was built. */
const command = (): readonly string[] => {
  if (!import.meta.url.endsWith('.ts')) return [fileURLToPath(new URL('../../../local/bin/cairn.js', import.meta.url))];
  const root = dirname(createRequire(import.meta.url).resolve('@cairn/embedded-postgres/package.json'));
  const hooks = join(root, 'jest', 'register-source.js');
  return ['--conditions=@cairn/source', '--import', hooks, fileURLToPath(new URL('../../../local/src/cli/main.ts', import.meta.url))];
};

/** The command line as whoever installs it runs it. */
export class CairnProcess {
  said = '';
  private readonly finished: Promise<Finished>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.said = `${this.said}${String(chunk)}`.slice(-saidMax)));
    this.finished = new Promise((resolve) => {
      child.once('error', (error) => (this.said += String(error)));
      child.once('close', (code) => resolve({ code, said: this.said }));
    });
    // Whoever drives it ends: it stops in order, and its database with it.
    const stopWithUs = (): void => void child.kill('SIGTERM');
    process.once('exit', stopWithUs);
    void this.finished.then(() => process.off('exit', stopWithUs));
  }

  static run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): CairnProcess {
    const child = spawn(process.execPath, [...command(), ...args], { env: { ...ownEnvironment(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    return new CairnProcess(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves once it has ended, and all that it started has let go of its output. */
  end(): Promise<Finished> {
    return this.finished;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
