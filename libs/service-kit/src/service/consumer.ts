import { migrateConsumerTables, ProgressTimeoutError, startConsumer } from '@cairn/event-bus';
import type { Consumer, IncomingMessage, ListParkedOptions, ParkedMessage, SqlSession } from '@cairn/event-bus';

import { schemaOf, transactionsOn } from '../data/service-database.js';
import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import type { Platform } from './platform.js';
import type { Background } from './serve.js';

export interface ConsumerParts {
  readonly topics: readonly string[];
  /** The effect, within the transaction that keeps the checkpoint; each message once. */
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
}

/** What a service hears from others, applied within transactions of its own database. */
export interface ServiceConsumer extends Background {
  /** What could not be applied, in the order in which it was parked. */
  listParked(options: ListParkedOptions): Promise<readonly ParkedMessage[]>;
  /** @throws PositionNotReachedError, InvalidPositionError */
  waitFor(scope: string, position: string, timeout_ms: number): Promise<void>;
}

/** Joins the group of the service. Ready once all that stood on the bus has been applied: before, it would decide on half of it. */
export const consumerOf = (platform: Platform, { topics, apply }: ConsumerParts): ServiceConsumer => {
  const { bus, logger, service } = platform;
  const inTransaction = transactionsOn(platform.dataSource);
  const schema = schemaOf(service);
  let consumer: Consumer | undefined;
  let caughtUpOnce = false;
  platform.readiness.add({
    name: 'consumer',
    check: async () => {
      if (!consumer?.joined) return 'has not joined its group';
      caughtUpOnce ||= (await consumer.lag()) === 0;
      return caughtUpOnce ? undefined : 'catches up';
    },
  });
  platform.readiness.addWarning({
    name: 'parked-messages',
    check: async () => {
      const keys = (await consumer?.countParkedKeys()) ?? 0;
      if (keys === 0) return undefined;
      return keys === 1 ? '1 key is parked' : `${keys} keys are parked`;
    },
  });
  return {
    start: async () => {
      await migrateConsumerTables(inTransaction, schema);
      consumer = startConsumer({
        bus,
        group: service,
        topics,
        inTransaction,
        schema,
        apply,
        onError: (error) => logger.warn({ err: error }, 'a batch failed'),
        onParked: (message, reason) => logger.error({ id: message.id, key: message.key, reason }, 'a message was parked'),
      });
    },
    stop: async () => consumer?.stop(),
    listParked: async (options) => (await consumer?.listParked(options)) ?? [],
    waitFor: async (scope, position, timeout_ms) => {
      try {
        await consumer?.waitFor(scope, position, { timeoutMs: timeout_ms });
      } catch (error) {
        if (!(error instanceof ProgressTimeoutError)) throw error;
        throw new PositionNotReachedError(error.message);
      }
    },
  };
};
