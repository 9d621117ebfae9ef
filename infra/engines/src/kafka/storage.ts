import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run-program.js';
import { javaArguments } from './jvm.js';
import type { KafkaPrograms } from './jvm.js';
import { brokerSettings, renderProperties } from './server-properties.js';

/** Where the broker keeps its topics, below the data directory. */
export const storageFolder = (dataDir: string): string => join(dataDir, 'kafka-data');

/** An id as Kafka writes one: 16 bytes in 22 characters. One that begins with a dash would be taken for an option. */
const newClusterId = (): string => {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
};

/**
 * Formats the storage of a new cluster unless there is one. It is made beside its place and moved there when whole, so that
 * a start that is killed half-way leaves nothing that passes for a cluster. @throws EngineStartError
 */
export const formatStorage = async ({ java, jars }: KafkaPrograms, dataDir: string, timeout_ms: number): Promise<void> => {
  const folder = storageFolder(dataDir);
  if (await stat(folder).then(() => true, () => false)) return;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const properties = join(dataDir, 'format.properties');
  // The ports are not kept in the storage; the tool only wants some.
  await writeFile(properties, renderProperties(brokerSettings({ broker: 1, controller: 2 }, draft)));
  await runProgram(java, javaArguments(jars, 'kafka.tools.StorageTool', ['format', '--cluster-id', newClusterId(), '--config', properties]), {
    timeout_ms,
    whenMissing: `There is no ${java}.`,
  });
  await rm(properties);
  await rename(draft, folder);
};
