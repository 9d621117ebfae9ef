import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a launched process says of itself, a line each. */
export interface Said {
  readonly url?: string;
  readonly port?: number;
  readonly pid?: number;
  readonly origin?: string;
  readonly stopped?: boolean;
  readonly exited?: string;
  readonly error?: { name: string; message: string; pid?: number; address?: string; purpose?: string };
}

/** A process of its own that started the server, to be killed, or asked to end. */
export interface Launched {
  readonly process: ChildProcess;
  /** The next line that it says. @throws when it ends without a word, or says nothing within 60 s. */
  next(): Promise<Said>;
  tell(line: 'stop' | 'exit'): void;
  /** Ends the process like a loss of power would, and waits until it is gone. */
  kill9(): Promise<void>;
  readonly ended: Promise<void>;
}

export interface LaunchAs {
  /** Where `jest/launch.js` stands; default: here. */
  readonly library?: string;
  readonly node?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const here = fileURLToPath(new URL('../..', import.meta.url));

export const launch = (options: Readonly<Record<string, unknown>>, as: LaunchAs = {}): Launched => {
  const { library = here, node = process.execPath, env, ...user } = as;
  const child = spawn(
    node,
    ['--conditions=@cairn/source', '--import', `${library}/jest/register-source.js`, `${library}/jest/launch.js`, JSON.stringify(options)],
    { ...user, cwd: library, stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } },
  );
  // A process that has failed does not listen any more; that it has, its exit says.
  child.stdin.on('error', () => undefined);
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<Said> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const line = await lines.next().finally(() => clearTimeout(timer));
    if (line.done === true) throw new Error(`The launched process ended without a word: ${errors}`);
    return JSON.parse(line.value) as Said;
  };
  return {
    process: child,
    next,
    tell: (line) => void child.stdin.write(`${line}\n`),
    kill9: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
};
