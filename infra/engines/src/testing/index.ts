export { startKafka } from './start-kafka.js';
export type { RunningKafka, StartKafkaOptions } from './start-kafka.js';
export { testKafka } from './test-kafka.js';
export type { TestKafka } from './test-kafka.js';
