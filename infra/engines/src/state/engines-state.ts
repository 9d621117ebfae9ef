import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '@cairn/embedded-postgres';
import type { ProcessIdentity } from '@cairn/embedded-postgres';

/** Where `engines:start` keeps its state and data: CAIRN_ENGINES_DIR, else `.cairn/engines` below `cwd`. */
export const enginesDir = (env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): string => {
  const chosen = env['CAIRN_ENGINES_DIR'];
  return resolve(cwd, chosen === undefined || chosen === '' ? join('.cairn', 'engines') : chosen);
};

interface Common {
  readonly brokers: readonly string[];
  readonly version: string;
}

/** A Kafka that is a process of this machine. */
export interface MavenState extends Common {
  readonly by: 'maven';
  readonly pid: number;
  /** Tells this process from a later one with the same pid. */
  readonly started?: string;
  readonly dataDir: string;
  readonly eventStoreUrl?: undefined;
}

/** Engines that are containers of a Compose project. */
export interface ComposeState extends Common {
  readonly by: 'compose';
  readonly project: string;
  readonly eventStoreUrl?: string;
}

/** What `engines:start` started. */
export type EnginesState = MavenState | ComposeState;

const stateFile = (dir: string): string => join(dir, 'kafka.json');

const isState = (value: unknown): value is EnginesState => {
  const state = value as Partial<Record<string, unknown>> | null;
  if (typeof state !== 'object' || state === null || !Array.isArray(state['brokers']) || typeof state['version'] !== 'string') return false;
  if (!state['brokers'].every((broker) => typeof broker === 'string') || state['brokers'].length === 0) return false;
  if (state['by'] === 'compose') return typeof state['project'] === 'string';
  return state['by'] === 'maven' && Number.isInteger(state['pid']) && typeof state['dataDir'] === 'string';
};

/** What `engines:start` wrote; undefined when there is nothing, or nothing that makes sense. */
export const readEnginesState = async (dir: string): Promise<EnginesState | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(stateFile(dir), 'utf8'));
    return isState(value) ? value : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

export const writeEnginesState = async (dir: string, state: EnginesState): Promise<void> => {
  await mkdir(dir, { recursive: true });
  await writeAtomically(stateFile(dir), `${JSON.stringify(state, undefined, 2)}\n`);
};

export const removeEnginesState = (dir: string): Promise<void> => rm(stateFile(dir), { force: true });

const portFile = (dir: string): string => join(dir, 'kafka.port');

/** Stays when Kafka is stopped: whoever has noted its address finds it there again. */
export const keepPort = async (dir: string, port: number): Promise<void> => {
  await mkdir(dir, { recursive: true });
  await writeAtomically(portFile(dir), `${port}\n`);
};

/** The port of the last broker that was started by way of Maven. */
export const keptPort = async (dir: string): Promise<number | undefined> => {
  const text = await readFile(portFile(dir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return /^\d{1,5}\n$/.test(text) ? Number(text) : undefined;
};

/** The process of a broker that was started by way of Maven. */
export const identityOf = ({ pid, started }: MavenState): ProcessIdentity => ({ pid, started });
