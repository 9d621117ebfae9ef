export { Clock, SystemClock } from './clock.js';
export {
  EventIdConflictError,
  EventStoreUnavailableError,
  InvalidAppendError,
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
