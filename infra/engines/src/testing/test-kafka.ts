import { workspaceEnginesDir } from './workspace-engines-dir.js';
import { NoEngineError } from '../errors.js';
import { askMetadata } from '../kafka/ask-metadata.js';
import { readEnginesState } from '../state/engines-state.js';

/** The broker that tests share: each takes topics and groups of its own. */
export interface TestKafka {
  readonly brokers: readonly string[];
}

const advice = 'Start one with: npm run engines:start   (or set KAFKA_BROKERS)';

const answers = async (broker: string): Promise<void> => {
  await askMetadata(broker, 5_000).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NoEngineError(`No Kafka answers at ${broker}: ${reason}. ${advice}`, { cause });
  });
};

/**
 * The broker that runs: that of KAFKA_BROKERS, else that of `npm run engines:start`.
 * @throws NoEngineError when there is none, or it does not answer within 5 s.
 */
export const testKafka = async (env: NodeJS.ProcessEnv = process.env): Promise<TestKafka> => {
  const given = (env['KAFKA_BROKERS'] ?? '').split(',').map((broker) => broker.trim()).filter((broker) => broker !== '');
  const brokers = given.length > 0 ? given : (await readEnginesState(workspaceEnginesDir(env)))?.brokers;
  if (brokers === undefined) throw new NoEngineError(`There is no Kafka to test with. ${advice}`);
  await Promise.any(brokers.map(answers)).catch((error: AggregateError) => {
    throw error.errors[0];
  });
  return { brokers };
};
