import type { EventBus } from '@cairn/event-bus';
import type { Clock, EventStore } from '@cairn/event-store';

import { ConfigurationError } from './configuration-error.js';
import type { EventStoreConfig, KafkaConfig } from './engine-config.js';

export const openKafkaEventBus = (_options: KafkaConfig & { readonly clientId: string }): EventBus => {
  throw new ConfigurationError('KAFKA_BROKERS: This build has no Kafka adapter.');
};

export const openEventStoreDb = (_options: EventStoreConfig & { readonly scope: string; readonly clock: Clock }): EventStore => {
  throw new ConfigurationError('EVENT_STORE_URL: This build has no EventStoreDB adapter.');
};
