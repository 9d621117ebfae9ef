export {
  EventBus,
  EventBusUnavailableError,
  eventBusLimits,
  InvalidMessageError,
} from './event-bus.js';
export type {
  ConsumeOptions,
  Consumption,
  Incoming,
  IncomingBatch,
  IncomingMessage,
  IncomingWatermark,
  OutgoingMessage,
  TopicOptions,
  Watermark,
} from './event-bus.js';
export { InMemoryBroker } from './in-memory/in-memory-broker.js';
export { InMemoryEventBus } from './in-memory/in-memory-event-bus.js';
export { migratePostgresEventBus } from './postgres/migrate-postgres-event-bus.js';
export type { MigratePostgresEventBusOptions } from './postgres/migrate-postgres-event-bus.js';
export { openPostgresEventBus, PostgresEventBus } from './postgres/postgres-event-bus.js';
export type { PostgresEventBusOptions } from './postgres/postgres-event-bus.js';
export { partitionOfKey } from './partitioner.js';
export type { InTransaction, SqlSession } from './sql-session.js';
