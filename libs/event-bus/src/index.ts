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
export type { InTransaction, SqlSession } from './sql-session.js';
