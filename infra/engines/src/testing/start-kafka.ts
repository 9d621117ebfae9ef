import { resolve } from 'node:path';
import { startBroker } from '../kafka/broker.js';
import type { Broker } from '../kafka/broker.js';
import { killProcess, stopProcess } from '../kafka/end-process.js';
import { prepareKafka } from '../kafka/prepare-kafka.js';

/** A broker that a test owns; it ends with the test's process at the latest. */
export interface RunningKafka {
  /** `host:port`; they stay the same over `restart`. */
  readonly brokers: readonly string[];
  /** Of the broker's process now, or last. */
  readonly pid: number;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
  /** Lets it end in order, within 15 s. */
  stop(): Promise<void>;
  /** Starts it again with the same ports and data, after `stop` when it still runs; resolves once it takes requests. */
  restart(): Promise<void>;
}

export interface StartKafkaOptions {
  /** Kept: a second start on it finds what the first one stored. */
  readonly dataDir: string;
  /** Of the broker; free when not given. */
  readonly port?: number;
  /** For one start, the fetching of the programs left out. 60 s when not given. */
  readonly timeout_ms?: number;
}

const stopLimit_ms = 15_000;

/** Starts a broker of the caller's own and waits until it takes requests. @throws MissingToolError, EngineStartError */
export const startKafka = async ({ port, timeout_ms = 60_000, ...options }: StartKafkaOptions): Promise<RunningKafka> => {
  const dataDir = resolve(options.dataDir);
  const programs = await prepareKafka(dataDir, { timeout_ms: 300_000, onProgress: () => undefined });
  let broker: Broker;
  const start = async (again?: Broker): Promise<void> => {
    const where = again === undefined ? (port === undefined ? {} : { port }) : { ports: again.ports };
    broker = await startBroker({ programs, dataDir, deadline: Date.now() + timeout_ms, ...where });
  };
  const end = async (how: () => Promise<void>): Promise<void> => {
    await how();
    broker.release();
  };
  const stop = (): Promise<void> => end(() => stopProcess(broker.process, stopLimit_ms));
  await start();
  return {
    get brokers() {
      return [`127.0.0.1:${broker.ports.broker}`];
    },
    get pid() {
      return broker.process.pid;
    },
    kill: () => end(() => killProcess(broker.process)),
    stop,
    restart: async () => {
      await stop();
      await start(broker);
    },
  };
};
