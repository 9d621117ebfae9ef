import { z } from 'zod';

import { ConfigurationError } from './configuration-error.js';

/** Where Kafka answers, when Kafka is the bus. */
export interface KafkaConfig {
  /** `host:port` of brokers to ask first. */
  readonly brokers: readonly string[];
  /** Put before the names of topics and groups, so that several platforms can share a cluster. */
  readonly topicPrefix?: string;
  readonly ssl?: boolean;
  readonly sasl?: KafkaSasl;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Where EventStoreDB answers, when it holds the record. */
export interface EventStoreConfig {
  /** `esdb://…` or `esdb+discover://…`, as its client takes it. */
  readonly url: string;
  /** Put before the names of streams, so that several platforms can share a server. */
  readonly namespace?: string;
}

const set = (text: string | undefined): string | undefined => (text === undefined || text.trim() === '' ? undefined : text.trim());

const hostAndPort = /^(?:\[[0-9a-f:.]+\]|[\w.-]+):(\d{1,5})$/i;

const brokersIn = (text: string): readonly string[] => {
  const brokers = text.split(',').map((broker) => broker.trim());
  const odd = brokers.find((broker) => !(Number(hostAndPort.exec(broker)?.[1] ?? 0) >= 1 && Number(hostAndPort.exec(broker)?.[1]) <= 65_535));
  if (odd === undefined) return brokers;
  // What was given may hold a password by mistake (a URL, say), so it is not repeated.
  throw new ConfigurationError('KAFKA_BROKERS: Give hosts with their ports, separated by commas (broker-1:9092,broker-2:9092), without a scheme.');
};

const flagIn = (name: string, text: string | undefined): boolean => {
  if (text === undefined || ['0', 'false'].includes(text)) return false;
  if (['1', 'true'].includes(text)) return true;
  throw new ConfigurationError(`${name}: Set it to 1 to switch it on, or leave it out.`);
};

const mechanismSchema = z.enum(['plain', 'scram-sha-256', 'scram-sha-512']);

const saslIn = (environment: NodeJS.ProcessEnv): KafkaSasl | undefined => {
  const username = set(environment['KAFKA_SASL_USERNAME']);
  const password = environment['KAFKA_SASL_PASSWORD'] === '' ? undefined : environment['KAFKA_SASL_PASSWORD'];
  const asked = set(environment['KAFKA_SASL_MECHANISM']);
  if (username === undefined && password === undefined && asked === undefined) return undefined;
  if (username === undefined) throw new ConfigurationError('KAFKA_SASL_USERNAME: It is not set, but other parts of SASL are. Set it, or none of them.');
  if (password === undefined) throw new ConfigurationError('KAFKA_SASL_PASSWORD: It is not set, but other parts of SASL are. Set it, or none of them.');
  const mechanism = mechanismSchema.safeParse((asked ?? 'plain').toLowerCase());
  if (mechanism.success) return { mechanism: mechanism.data, username, password };
  throw new ConfigurationError(`KAFKA_SASL_MECHANISM: Set it to one of ${mechanismSchema.options.join(', ')}.`);
};

const dependents = ['KAFKA_TOPIC_PREFIX', 'KAFKA_SSL', 'KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];

/** Undefined: PostgreSQL is the bus. @throws ConfigurationError naming the variable and what to do */
export const kafkaFrom = (environment: NodeJS.ProcessEnv): KafkaConfig | undefined => {
  const brokers = set(environment['KAFKA_BROKERS']);
  if (brokers === undefined) {
    const idle = dependents.find((name) => set(environment[name]) !== undefined);
    if (idle !== undefined) throw new ConfigurationError(`${idle}: It is set, but KAFKA_BROKERS is not. Set that too, or neither.`);
    return undefined;
  }
  const topicPrefix = set(environment['KAFKA_TOPIC_PREFIX']);
  if (topicPrefix !== undefined && !/^[\w.-]{1,80}$/.test(topicPrefix)) {
    throw new ConfigurationError('KAFKA_TOPIC_PREFIX: Use up to 80 letters, digits, dots, dashes and underscores.');
  }
  const sasl = saslIn(environment);
  return {
    brokers: brokersIn(brokers),
    ssl: flagIn('KAFKA_SSL', set(environment['KAFKA_SSL'])),
    ...(topicPrefix === undefined ? {} : { topicPrefix }),
    ...(sasl === undefined ? {} : { sasl }),
  };
};

/** Undefined: PostgreSQL holds the record. @throws ConfigurationError naming the variable and what to do */
export const eventStoreFrom = (environment: NodeJS.ProcessEnv): EventStoreConfig | undefined => {
  const url = set(environment['EVENT_STORE_URL']);
  const namespace = set(environment['EVENT_STORE_NAMESPACE']);
  if (url === undefined) {
    if (namespace === undefined) return undefined;
    throw new ConfigurationError('EVENT_STORE_NAMESPACE: It is set, but EVENT_STORE_URL is not. Set that too, or neither.');
  }
  if (!/^esdb(\+discover)?:\/\/[^\s/?]+/.test(url)) {
    throw new ConfigurationError('EVENT_STORE_URL: Give an EventStoreDB URL (esdb://host:2113?tls=true), or leave it out to keep the record in PostgreSQL.');
  }
  if (namespace !== undefined && !/^[\w-]{1,40}$/.test(namespace)) {
    throw new ConfigurationError('EVENT_STORE_NAMESPACE: Use up to 40 letters, digits, dashes and underscores.');
  }
  return namespace === undefined ? { url } : { url, namespace };
};
