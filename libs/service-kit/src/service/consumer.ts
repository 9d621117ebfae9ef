import { InvalidMessageError, EventBusUnavailableError, migrateConsumerTables, ProgressTimeoutError, startConsumer } from '@cairn/event-bus';
import type { Consumer, IncomingMessage, Replayed, ReplayOptions, SqlSession } from '@cairn/event-bus';

import { queryOn, schemaOf, transactionsOn } from '../data/service-database.js';
import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import { AfterCommit } from '../projections/after-commit.js';
import type { CommitListener } from '../projections/after-commit.js';
import { CaughtUpOnce } from './caught-up-once.js';
import { withinTime } from './engine-trouble.js';
import type { Platform } from './platform.js';
import type { Background } from './serve.js';
import { tellOnce } from './tell-once.js';

export interface ConsumerParts {
  readonly topics: readonly string[];
  /** The effect, within the transaction that keeps the checkpoint; each message once. */
  readonly apply: (messages: readonly IncomingMessage[], session: SqlSession) => Promise<void>;
}

/** Less than operations wait for all of it. */
const status_ms = 2_000;

/** How far a service is with what it hears. */
export interface ConsumerStatus {
  readonly group: string;
  readonly topics: string[];
  /** Messages, watermarks included, that were not taken in yet; undefined while the bus does not tell. */
  readonly lag?: number;
  /** Undefined while the database does not tell. */
  readonly parkedKeys?: number;
  readonly parkedMessages?: number;
}

/** What a service hears from others, applied within transactions of its own database. */
export interface ServiceConsumer extends Background, Pick<Consumer, 'listParked' | 'dropParked'> {
  /** As the consumer does it; the log tells who did. */
  replayParked(options: ReplayOptions & { readonly by: string }): Promise<Replayed>;
  /** Undefined before it was started. */
  status(): Promise<ConsumerStatus | undefined>;
  /** Has the listener called right after each commit by which messages were applied. */
  onApplied(listener: CommitListener): void;
  /** @throws PositionNotReachedError, InvalidPositionError */
  waitFor(scope: string, position: string, timeout_ms: number): Promise<void>;
}

/** Joins the group of the service. Ready once all that stood on the bus has been applied: before, it would decide on half of it. */
export const consumerOf = (platform: Platform, { topics, apply }: ConsumerParts): ServiceConsumer => {
  const { bus, logger, service } = platform;
  const batchFailed = tellOnce(logger, 'a batch failed');
  const committing = new AfterCommit(transactionsOn(platform.dataSource), apply);
  const { inTransaction } = committing;
  const schema = schemaOf(service);
  let consumer: Consumer | undefined;
  const sinceStart = new CaughtUpOnce(() => started().ends(), (ends) => started().hasTakenIn(ends));
  platform.readiness.add({
    name: 'consumer',
    check: async () => {
      if (!consumer?.joined) return 'has not joined its group';
      return (await sinceStart.ask()) ? undefined : 'catches up';
    },
  });
  platform.readiness.addWarning({
    name: 'parked-messages',
    check: async () => {
      const keys = (await consumer?.countParked())?.keys ?? 0;
      if (keys === 0) return undefined;
      return keys === 1 ? '1 key is parked' : `${keys} keys are parked`;
    },
  });
  const started = (): Consumer => {
    if (consumer) return consumer;
    throw new EventBusUnavailableError('The consumer has not started');
  };
  return {
    start: async () => {
      await migrateConsumerTables(inTransaction, schema);
      consumer = startConsumer({
        bus,
        group: service,
        topics,
        inTransaction,
        alone: queryOn(platform.dataSource),
        schema,
        apply: committing.apply,
        onError: (error) => {
          // At a first start the topic is made by the service that publishes it, a moment later.
          if (error instanceof InvalidMessageError && consumer?.joined !== true) logger.info(error.message);
          else batchFailed(error);
        },
        onParked: (message, reason) => logger.error({ id: message.id, key: message.key, reason }, 'a message was parked'),
      });
    },
    stop: async () => consumer?.stop(),
    onApplied: (listener) => committing.listen(listener),
    listParked: (options) => started().listParked(options),
    replayParked: async ({ by, ...options }) => {
      const { replayed, left, reason } = await started().replayParked(options);
      const { topic, key } = options;
      logger.info({ audit: 'replay-parked', by, topic, key, replayed, left, failedAgain: reason !== undefined }, 'parked messages were replayed');
      return { replayed, left, ...(reason === undefined ? {} : { reason }) };
    },
    dropParked: async (dropping) => {
      const dropped = await started().dropParked(dropping);
      const { by, topic, key, messageId } = dropping;
      if (dropped) logger.info({ audit: 'drop-parked', by, topic, key, messageId }, 'a parked message was dropped');
      return dropped;
    },
    status: async () => {
      if (!consumer) return undefined;
      // Bus and database may be two engines, and one of them away.
      const within = <Value>(asked: Promise<Value>): Promise<Value | undefined> => withinTime(asked, status_ms).catch(() => undefined);
      const [lag, parked] = await Promise.all([within(consumer.lag()), within(consumer.countParked())]);
      return {
        group: service,
        topics: [...topics],
        ...(lag === undefined ? {} : { lag }),
        ...(parked === undefined ? {} : { parkedKeys: parked.keys, parkedMessages: parked.messages }),
      };
    },
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
