import { spawn } from 'node:child_process';
import { EngineStartError, MissingToolError } from './errors.js';

export interface RunProgramOptions {
  readonly timeout_ms: number;
  /** Said in full when the program is not on this machine. */
  readonly whenMissing: string;
  readonly env?: NodeJS.ProcessEnv;
}

const linesShown = 20;

/** The last lines of what a program or a server said. */
export const lastLines = (text: string, count = linesShown): string => text.trim().split('\n').slice(-count).join('\n');

/**
 * Runs a program to its end and answers what it printed, both outputs in one.
 * @throws MissingToolError when there is no such program. @throws EngineStartError with the last lines when it fails or takes too long.
 */
export const runProgram = async (program: string, args: readonly string[], options: RunProgramOptions): Promise<string> => {
  // In a group of its own, so that the end after the time limit reaches what a start script has started.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: options.env ?? process.env });
  let output = '';
  const collect = (chunk: unknown): void => void (output += String(chunk));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, options.timeout_ms);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new MissingToolError(options.whenMissing, { cause: error }) : error),
    );
  }).finally(() => clearTimeout(timer));
  if (code === 0) return output;
  const end = late ? `was ended after ${options.timeout_ms} ms` : `failed with code ${String(code)}`;
  throw new EngineStartError(`${program} ${end}:\n${lastLines(output)}`);
};
