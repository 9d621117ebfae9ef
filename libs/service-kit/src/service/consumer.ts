import { migrateConsumerTables, ProgressTimeoutError, startConsumer } from '@cairn/event-bus';
import type { Consumer, IncomingMessage, SqlSession } from '@cairn/event-bus';

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
  /** @throws PositionNotReachedError */
  waitFor(scope: string, position: string, timeout_ms: number): Promise<void>;
}

/** Joins the group of the service. Ready once it is a member. */
export const consumerOf = (platform: Platform, { topics, apply }: ConsumerParts): ServiceConsumer => {
  const { bus, logger, service } = platform;
  const inTransaction = transactionsOn(platform.dataSource);
  const schema = schemaOf(service);
  let consumer: Consumer | undefined;
  platform.readiness.add({
    name: 'consumer',
    check: () => Promise.resolve(consumer?.joined ? undefined : 'has not joined its group'),
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
