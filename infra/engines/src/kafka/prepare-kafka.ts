import { mkdir } from 'node:fs/promises';
import { findJava } from '../java/find-java.js';
import { kafkaJars } from './kafka-jars.js';
import type { KafkaJarsOptions } from './kafka-jars.js';
import type { KafkaPrograms } from './jvm.js';
import { formatStorage } from './storage.js';

/** Finds or fetches the programs and formats the storage of a new cluster. @throws MissingToolError, EngineStartError */
export const prepareKafka = async (dataDir: string, options: KafkaJarsOptions): Promise<KafkaPrograms> => {
  const java = await findJava(options.env);
  const programs = { java, jars: await kafkaJars(options) };
  await mkdir(dataDir, { recursive: true });
  await formatStorage(programs, dataDir, 60_000);
  return programs;
};
