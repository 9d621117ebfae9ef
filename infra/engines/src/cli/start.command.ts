import { join } from 'node:path';
import { isFree, stillRuns } from '@cairn/embedded-postgres';
import { composeRuns, startWithCompose } from '../compose/compose.js';
import { askMetadata } from '../kafka/ask-metadata.js';
import { startBroker } from '../kafka/broker.js';
import { kafkaVersion } from '../kafka/kafka-jars.js';
import { prepareKafka } from '../kafka/prepare-kafka.js';
import type { EnginesState } from '../state/engines-state.js';
import { identityOf, keepPort, keptPort, readEnginesState, writeEnginesState } from '../state/engines-state.js';
import { alone } from './alone.js';
import { exportLines, progress } from './tell.js';

export type StartChoice = 'compose' | 'maven';

const fetchLimit_ms = 300_000;
const startLimit_ms = 60_000;

const answers = (broker: string): Promise<boolean> => askMetadata(broker, 5_000).then(() => true, () => false);

const isRunning = async (state: EnginesState): Promise<boolean> =>
  (state.by === 'compose' || (await stillRuns(identityOf(state)))) && answers(state.brokers[0] ?? '');

/** The port of the last start, so that addresses which were noted down stay true; none when another has it now. */
const earlierPort = async (dir: string, earlier: EnginesState | undefined): Promise<{ port?: number }> => {
  for (const port of [Number(earlier?.brokers[0]?.split(':').at(-1)), await keptPort(dir)]) {
    if (port !== undefined && port > 0 && port < 65_536 && (await isFree(port))) return { port };
  }
  return {};
};

const startWithMaven = async (dir: string, earlier: EnginesState | undefined): Promise<EnginesState> => {
  const dataDir = join(dir, 'kafka');
  const programs = await prepareKafka(dataDir, { timeout_ms: fetchLimit_ms, onProgress: progress });
  const version = await kafkaVersion();
  progress(`Starting Kafka ${version}`);
  const broker = await startBroker({ programs, dataDir, deadline: Date.now() + startLimit_ms, ...(await earlierPort(dir, earlier)) });
  const { pid, started } = broker.process;
  const brokers = [`127.0.0.1:${broker.ports.broker}`];
  const state: EnginesState = { by: 'maven', version, brokers, pid, ...(started === undefined ? {} : { started }), dataDir };
  await keepPort(dir, broker.ports.broker);
  await writeEnginesState(dir, state);
  // From here on the next start or stop can find it; a start that is ended before takes its broker along.
  broker.release();
  return state;
};

const tell = (state: EnginesState, since: string): void => {
  const where = state.by === 'maven' ? `pid ${state.pid}, data and log in ${state.dataDir}` : `Compose project ${state.project}`;
  progress(`Kafka ${state.version} ${since} at ${state.brokers.join(',')} (${where}).`);
  if (state.eventStoreUrl === undefined) progress('EventStoreDB comes with Docker Compose alone; EVENT_STORE_URL names one that runs elsewhere.');
  for (const line of exportLines(state)) console.log(line);
};

/** Starts Kafka unless it runs, and prints the variables that choose it. @throws MissingToolError, EngineStartError */
export const start = async (dir: string, choice?: StartChoice): Promise<void> =>
  alone(dir, 'npm run engines:start', async () => {
    const earlier = await readEnginesState(dir);
    if (earlier !== undefined && (await isRunning(earlier))) return tell(earlier, 'already answers');
    const way = choice ?? ((await composeRuns()) ? 'compose' : 'maven');
    // Noted first, so that `engines:stop` finds what a start leaves that is ended in the middle of it.
    const state = way === 'compose' ? await startWithCompose(dir, (starting) => writeEnginesState(dir, starting)) : await startWithMaven(dir, earlier);
    tell(state, 'answers');
  });
