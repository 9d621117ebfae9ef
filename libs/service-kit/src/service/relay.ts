import { PostgresCheckpoints, startRelay, TopicTakenError } from '@cairn/event-bus';
import type { PublicMessage, Relay } from '@cairn/event-bus';
import type { Position, RecordedEvent } from '@cairn/event-store';

import { schemaOf, transactionsOn } from '../data/service-database.js';
import { CaughtUpOnce } from './caught-up-once.js';
import type { Platform } from './platform.js';
import type { Background } from './serve.js';
import { tellOnce } from './tell-once.js';

export interface RelayParts {
  readonly topic: { readonly name: string; readonly partitions: number };
  /** Undefined for a fact that stays inside the service. */
  readonly toMessage: (stored: RecordedEvent) => PublicMessage | undefined;
}

/** How far the facts of a service are on their way out. */
export interface RelayStatus {
  readonly topic: string;
  readonly publishedUpTo?: string;
  readonly head: string;
  readonly caughtUp: boolean;
  /** Age of the oldest fact that was not looked at yet; 0 when caught up. */
  readonly behind_ms: number;
}

/** What publishes the facts of a service. */
export interface ServiceRelay extends Background {
  readonly topic: string;
  /** Undefined before it was started. */
  relayStatus(): Promise<RelayStatus | undefined>;
  /** Publishes everything once more, from the first fact on; `relayStatus` tells how far that is. */
  replay(): Promise<void>;
}

/** Publishes the facts of a service: the event table is the outbox. Ready once it has caught up after the start. */
export const relayOf = (platform: Platform, { topic, toMessage }: RelayParts): ServiceRelay => {
  const { store, bus, logger, service } = platform;
  const checkpoints = new PostgresCheckpoints(transactionsOn(platform.dataSource), schemaOf(service));
  let relay: Relay | undefined;
  const caughtUp = (started: Relay): CaughtUpOnce<Position> =>
    new CaughtUpOnce(
      () => store.head(),
      async (head) => {
        const { publishedUpTo, caughtUp: atTheEnd } = await started.lag();
        return atTheEnd || (publishedUpTo !== undefined && store.compare(publishedUpTo, head) >= 0);
      },
    );
  let sinceStart: CaughtUpOnce<Position> | undefined;
  platform.readiness.add({
    name: 'relay',
    check: async () => {
      if (!relay) return 'has not started';
      if (relay.lastError instanceof TopicTakenError) return relay.lastError.message;
      if (relay.lastError !== undefined) return 'fails; the log of the service says why';
      sinceStart ??= caughtUp(relay);
      return (await sinceStart.ask()) ? undefined : 'catches up';
    },
  });
  return {
    topic: topic.name,
    start: async () => {
      await checkpoints.migrate();
      relay = startRelay({
        store,
        bus,
        topic: topic.name,
        partitions: topic.partitions,
        toMessage,
        checkpoint: checkpoints.of(topic.name, { store, bus }),
        onError: tellOnce(logger, 'the relay failed; it will try again'),
      });
    },
    stop: async () => relay?.stop(),
    replay: async () => {
      await relay?.replay();
      logger.warn({ topic: topic.name }, 'the history is published once more, as an operator asked');
    },
    relayStatus: async () => {
      if (!relay) return undefined;
      const { publishedUpTo, head, caughtUp, behindMs } = await relay.lag();
      return { topic: topic.name, ...(publishedUpTo === undefined ? {} : { publishedUpTo }), head, caughtUp, behind_ms: behindMs };
    },
  };
};
