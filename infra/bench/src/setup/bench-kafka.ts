import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKafka, testKafka } from '@cairn/engines/testing';

export interface BenchKafka {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** The broker that runs (`KAFKA_BROKERS`, `npm run engines:start`), else one of this run alone. */
export const benchKafka = async (): Promise<BenchKafka> => {
  const running = await testKafka().catch(() => undefined);
  if (running) return { brokers: running.brokers, stop: () => Promise.resolve() };
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-kafka-'));
  const own = await startKafka({ dataDir });
  return {
    brokers: own.brokers,
    stop: async () => {
      await own.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
