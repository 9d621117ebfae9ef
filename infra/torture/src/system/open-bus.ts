import { openPostgresEventBus } from '@cairn/event-bus';
import type { EventBus } from '@cairn/event-bus';
import { openKafkaEventBus } from '@cairn/event-bus/kafka';

import type { BusSettings } from './settings.js';

/** The real bus, with leases as short as the engine allows, so that a kill is noticed soon. */
export const openBus = (settings: BusSettings, clientId: string, callTimeout_ms = 5_000): EventBus => {
  if (settings.kind === 'postgres') {
    const connection = { connectionString: settings.url };
    return openPostgresEventBus({ connection, leaseMs: 800, heartbeatMs: 100, callTimeoutMs: callTimeout_ms });
  }
  const { brokers, topicPrefix } = settings;
  return openKafkaEventBus({ brokers, topicPrefix, clientId, callTimeoutMs: callTimeout_ms });
};
