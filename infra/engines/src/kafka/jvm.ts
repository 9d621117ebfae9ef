import { join } from 'node:path';
import { loggingConfiguration } from './kafka-jars.js';

/** Kafka's programs as `findJava` and `kafkaJars` have them. */
export interface KafkaPrograms {
  readonly java: string;
  readonly jars: string;
}

/** The arguments of `java` for one of Kafka's main classes: a small heap, and compiled quickly rather than well. */
export const javaArguments = (jars: string, mainClass: string, args: readonly string[]): readonly string[] => [
  '-Xms64m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
  `-Dlog4j2.configurationFile=${loggingConfiguration}`,
  '-cp',
  join(jars, '*'),
  mainClass,
  ...args,
];
