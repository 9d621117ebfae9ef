export {
  EventBus,
  EventBusUnavailableError,
  eventBusLimits,
  InvalidMessageError,
  TopicTakenError,
} from './event-bus.js';
export type {
  ConsumeOptions,
  Consumption,
  Incoming,
  IncomingBatch,
  IncomingMessage,
  IncomingWatermark,
  OutgoingMessage,
  TopicClaim,
  TopicOptions,
  Watermark,
} from './event-bus.js';
export { consumerTables, migrateConsumerTables } from './postgres/consumer-tables.js';
export { isEnvironmentFailure, StaleOwnerError } from './consumer/failures.js';
export type { ListParkedOptions, ParkedMessage } from './postgres/list-parked.js';
export type { Dropping, ParkedCounts, ParkedKey } from './postgres/parked-store.js';
export type { Replayed, ReplayOptions } from './consumer/replay-parked.js';
export { InvalidPositionError } from './consumer/invalid-position.js';
export { compareDecimalPositions } from './consumer/progress.js';
export type { ComparePositions } from './consumer/progress.js';
export type { PartitionEnd } from './consumer/backlog.js';
export { Consumer, startConsumer } from './consumer/start-consumer.js';
export type { ConsumerOptions } from './consumer/start-consumer.js';
export { ProgressTimeoutError } from './consumer/wait-for-progress.js';
export type { WaitOptions } from './consumer/wait-for-progress.js';
export { InMemoryBroker } from './in-memory/in-memory-broker.js';
export { InMemoryEventBus } from './in-memory/in-memory-event-bus.js';
export { migratePostgresEventBus } from './postgres/migrate-postgres-event-bus.js';
export type { MigratePostgresEventBusOptions } from './postgres/migrate-postgres-event-bus.js';
export { openPostgresEventBus, PostgresEventBus } from './postgres/postgres-event-bus.js';
export type { PostgresEventBusOptions } from './postgres/postgres-event-bus.js';
export { pgAlone, pgInTransaction, pgOnOneState } from './pg-in-transaction.js';
export { PostgresCheckpoints } from './postgres/postgres-checkpoints.js';
export type { RelayEnds } from './postgres/postgres-checkpoints.js';
export type { RelayCheckpoint } from './relay/relay-checkpoint.js';
export { Relay, startRelay } from './relay/start-relay.js';
export type { PublicMessage } from './relay/relay-turn.js';
export type { RelayLag, RelayOptions } from './relay/start-relay.js';
export { partitionOfKey } from './partitioner.js';
export { goAlong } from './sql-session.js';
export type { InTransaction, Sending, SqlSession } from './sql-session.js';
