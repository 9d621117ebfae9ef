import { stillRuns } from '@cairn/embedded-postgres';
import { stopWithCompose } from '../compose/compose.js';
import { stopProcess } from '../kafka/end-process.js';
import type { EnginesState } from '../state/engines-state.js';
import { identityOf, readEnginesState, removeEnginesState } from '../state/engines-state.js';
import { alone } from './alone.js';
import { progress } from './tell.js';

const stopLimit_ms = 15_000;

const end = async (state: EnginesState): Promise<string> => {
  if (state.by === 'compose') {
    await stopWithCompose(state);
    return `Kafka and EventStoreDB of the Compose project ${state.project} have ended.`;
  }
  // The pid may be another's by now; that one is not touched.
  if (!(await stillRuns(identityOf(state)))) return 'Kafka had ended already.';
  await stopProcess(identityOf(state), stopLimit_ms);
  return `Kafka (pid ${state.pid}) has ended.`;
};

/** Ends what `engines:start` started, within 30 s. @throws EngineStopError, EngineStartError with the words of Docker */
export const stop = async (dir: string): Promise<void> =>
  alone(dir, 'npm run engines:stop', async () => {
    const state = await readEnginesState(dir);
    if (state === undefined) return progress('Kafka does not run.');
    progress(await end(state));
    await removeEnginesState(dir);
  });
