import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, processWith, stillRuns } from '@cairn/embedded-postgres';
import type { ProcessIdentity } from '@cairn/embedded-postgres';
import { EngineStartError } from '../errors.js';
import { askMetadata } from './ask-metadata.js';
import { openBrokerLog } from './broker-log.js';
import { killWithUs } from './guardian.js';
import type { Release } from './guardian.js';
import { javaArguments } from './jvm.js';
import type { KafkaPrograms } from './jvm.js';
import type { BrokerPorts } from './server-properties.js';
import { brokerSettings, renderProperties } from './server-properties.js';
import { storageFolder } from './storage.js';

/** A broker that takes requests. */
export interface Broker {
  readonly process: ProcessIdentity;
  readonly ports: BrokerPorts;
  /** Until this is called, the broker is killed when this process ends, however it ends. */
  readonly release: Release;
}

export interface StartBrokerOptions {
  readonly programs: KafkaPrograms;
  readonly dataDir: string;
  /** Those of an earlier start, or free ones. */
  readonly ports?: BrokerPorts;
  /** Wished for the broker; the controller's is free to choose. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

const pollInterval_ms = 50;

/** Waits until the broker is a member of its own cluster. Answers false when the process ended meanwhile. */
const untilReady = async ({ process, ports }: Pick<Broker, 'process' | 'ports'>, deadline: number): Promise<boolean> => {
  const address = `127.0.0.1:${ports.broker}`;
  while (await stillRuns(process)) {
    const cluster = await askMetadata(address, 2_000).catch(() => undefined);
    // Another program on this port, even another Kafka, does not say that it is reached here and ends our process by its being there.
    if (cluster !== undefined && cluster.controllerId >= 0 && cluster.brokers.includes(address)) return stillRuns(process);
    if (Date.now() > deadline) throw new EngineStartError('Kafka was not ready in time.');
    await sleep(pollInterval_ms);
  }
  return false;
};

/** What the log says when another process has one of the ports. */
const portTaken = 'Address already in use';

/** Starts the broker on formatted storage, in a session of its own: once released, it outlives this process. @throws EngineStartError */
export const startBroker = async (options: StartBrokerOptions): Promise<Broker> => {
  for (;;) {
    const ports = options.ports ?? { broker: options.port ?? (await freePort()), controller: await freePort() };
    const properties = join(options.dataDir, 'server.properties');
    await writeFile(properties, renderProperties(brokerSettings(ports, storageFolder(options.dataDir))));
    const log = await openBrokerLog(options.dataDir);
    const child = spawn(options.programs.java, javaArguments(options.programs.jars, 'kafka.Kafka', [properties]), {
      cwd: options.dataDir,
      detached: true,
      stdio: ['ignore', log.file.fd, log.file.fd],
    });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    child.unref();
    const release = child.pid === undefined ? (): void => undefined : killWithUs(child.pid);
    try {
      const identity = child.pid === undefined ? await failed : await processWith(child.pid);
      const broker = identity === undefined ? undefined : { process: identity, ports, release };
      if (broker !== undefined && (await untilReady(broker, options.deadline))) return broker;
      // Given ports are waited for: their last user may be just ending. Others were found free a moment ago, and lost to someone faster.
      if (!(await log.tail()).includes(portTaken) || Date.now() > options.deadline) throw new EngineStartError('Kafka ended while it started.');
      release();
      await sleep(100);
    } catch (error) {
      child.kill('SIGKILL');
      release();
      if (!(error instanceof EngineStartError)) throw error;
      throw new EngineStartError(`${error.message} Its log (${log.path}) ends:\n${await log.tail()}`, { cause: error });
    } finally {
      await log.file.close();
    }
  }
};
