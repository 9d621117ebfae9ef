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

/** A Kafka that `engines:start` started: a process of this machine, or containers of a Compose project. */
export type KafkaState =
  | (Common & { readonly by: 'maven'; readonly pid: number; readonly started?: string; readonly dataDir: string })
  | (Common & { readonly by: 'compose'; readonly project: string });

const stateFile = (dir: string): string => join(dir, 'kafka.json');

const isState = (value: unknown): value is KafkaState => {
  const state = value as Partial<Record<string, unknown>> | null;
  if (typeof state !== 'object' || state === null || !Array.isArray(state['brokers']) || typeof state['version'] !== 'string') return false;
  if (!state['brokers'].every((broker) => typeof broker === 'string') || state['brokers'].length === 0) return false;
  if (state['by'] === 'compose') return typeof state['project'] === 'string';
  return state['by'] === 'maven' && Number.isInteger(state['pid']) && typeof state['dataDir'] === 'string';
};

/** What `engines:start` wrote; undefined when there is nothing, or nothing that makes sense. */
export const readKafkaState = async (dir: string): Promise<KafkaState | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(stateFile(dir), 'utf8'));
    return isState(value) ? value : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

export const writeKafkaState = async (dir: string, state: KafkaState): Promise<void> => {
  await mkdir(dir, { recursive: true });
  await writeAtomically(stateFile(dir), `${JSON.stringify(state, undefined, 2)}\n`);
};

export const removeKafkaState = (dir: string): Promise<void> => rm(stateFile(dir), { force: true });

/** The process of a broker that was started by way of Maven. */
export const identityOf = (state: Extract<KafkaState, { by: 'maven' }>): ProcessIdentity => ({ pid: state.pid, started: state.started });
