import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePort } from '@cairn/embedded-postgres';
import { kafkaVersion } from '../kafka/kafka-jars.js';
import { runProgram } from '../run-program.js';
import type { ComposeState } from '../state/engines-state.js';

const composeFile = fileURLToPath(new URL('../../../../docker-compose.yml', import.meta.url));
const startLimit_ms = 600_000; // the first time, the images are fetched
const readyLimit_s = 180;
const stopLimit_ms = 120_000; // twice the longest stop_grace_period of the file

const docker = (args: readonly string[], timeout_ms: number, env: NodeJS.ProcessEnv): Promise<string> =>
  runProgram('docker', args, { timeout_ms, whenMissing: 'There is no docker.', env });

/** Whether a Docker engine runs and its client knows Compose. */
export const composeRuns = async (env: NodeJS.ProcessEnv = process.env): Promise<boolean> => {
  try {
    await docker(['info'], 10_000, env);
    await docker(['compose', 'version'], 10_000, env);
    return true;
  } catch {
    return false;
  }
};

/** One project for each folder, apart from that of `docker compose up` for the whole platform. */
export const composeProject = (dir: string): string => `cairn-engines-${createHash('sha256').update(dir).digest('hex').slice(0, 8)}`;

const compose = (project: string, args: readonly string[], timeout_ms: number, env: NodeJS.ProcessEnv): Promise<string> =>
  docker(['compose', '--file', composeFile, '--project-name', project, ...args], timeout_ms, env);

/**
 * Starts Kafka and EventStoreDB of docker-compose.yml on ports of their own and waits until they are healthy. `onStarting`
 * is told of them before there is anything to end; a start that fails leaves nothing behind. @throws EngineStartError
 */
export const startWithCompose = async (
  dir: string,
  onStarting: (state: ComposeState) => Promise<void>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ComposeState> => {
  const project = composeProject(dir);
  const [kafka, eventStore] = [await freePort(), await freePort()];
  const state: ComposeState = {
    by: 'compose',
    project,
    version: await kafkaVersion(),
    brokers: [`127.0.0.1:${kafka}`],
    eventStoreUrl: `esdb://127.0.0.1:${eventStore}?tls=false`,
  };
  await onStarting(state);
  const ports = { CAIRN_KAFKA_PORT: String(kafka), CAIRN_EVENTSTOREDB_PORT: String(eventStore) };
  try {
    await compose(project, ['up', '--detach', '--wait', '--wait-timeout', String(readyLimit_s), 'kafka', 'eventstoredb'], startLimit_ms, { ...env, ...ports });
  } catch (error) {
    // They would come back with the machine. What is told is why they did not start.
    await stopWithCompose(state, env).catch(() => undefined);
    throw error;
  }
  return state;
};

/** Ends the containers of a project; their volumes stay. @throws EngineStartError with the words of Docker */
export const stopWithCompose = async ({ project }: ComposeState, env: NodeJS.ProcessEnv = process.env): Promise<void> => {
  await compose(project, ['down'], stopLimit_ms, env);
};
