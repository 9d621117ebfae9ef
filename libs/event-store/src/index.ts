export { Clock, SystemClock } from './clock.js';
export {
  DamagedEventError,
  EventIdConflictError,
  EventStoreAccessDeniedError,
  EventStoreUnavailableError,
  InvalidAppendError,
  InvalidReadError,
  WrongExpectedVersionError,
} from './errors.js';
export { eventStoreLimits } from './event.js';
export type { EventFilter, Instant, Json, NewEvent, Position, RecordedEvent, StreamId } from './event.js';
export { EventStore } from './event-store.js';
export type {
  Appended,
  ExpectedVersion,
  ReadAllOptions,
  ReadAllPage,
  ReadStreamOptions,
  SubscribeOptions,
  Subscription,
} from './event-store.js';
export type { StoreVerification, VerificationProgress } from './chain-audit.js';
export { canonicalJson, chainStart, hashEvent, verifyStream } from './hash-chain.js';
export type { ChainBreak, ChainHead, HashedEvent } from './hash-chain.js';
export { InMemoryEventLog } from './in-memory/in-memory-event-log.js';
export { InMemoryEventStore } from './in-memory/in-memory-event-store.js';
export type { InMemoryEventStoreOptions } from './in-memory/in-memory-event-store.js';
export type { PostgresEventStoreOptions } from './postgres/connection-options.js';
export type { NewStream } from './postgres/import/import-chunks.js';
export { openPostgresEventStoreImport } from './postgres/import/postgres-event-store-import.js';
export type { ImportResult } from './postgres/import/stream-import.js';
export { destinationOfPostgresRecord, leavePostgresRecord, returnToPostgresRecord } from './postgres/leave-record.js';
export type { LeaveRecordOptions } from './postgres/leave-record.js';
export { migratePostgresEventStore } from './postgres/migrate.js';
export type { MigratePostgresEventStoreOptions } from './postgres/migrate.js';
export { openPostgresEventStore, PostgresEventStore } from './postgres/postgres-event-store.js';
export { verifyPostgresEventStore } from './postgres/verify-postgres-event-store.js';
export type { VerifyPostgresOptions } from './postgres/verify-postgres-event-store.js';
export { verifyStore } from './verify-store.js';
export type { VerifyOptions } from './verify-store.js';
export { CopyRefusedError, copyStore } from './copy/copy-store.js';
export type { CopyProgress, CopyResult, CopyStoreOptions, CopyTarget } from './copy/copy-store.js';
