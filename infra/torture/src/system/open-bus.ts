import { openPostgresEventBus } from '@cairn/event-bus';
import type { EventBus } from '@cairn/event-bus';

import type { BusSettings } from './settings.js';

/** The real bus, with leases short enough that a kill is noticed within a second or two. */
export const openBus = async (settings: BusSettings, clientId: string, callTimeout_ms = 5_000): Promise<EventBus> => {
  if (settings.kind === 'postgres') {
    const connection = { connectionString: settings.url };
    return openPostgresEventBus({ connection, leaseMs: 800, heartbeatMs: 100, callTimeoutMs: callTimeout_ms });
  }
  throw new Error(`There is no Kafka bus for ${clientId} yet`);
};
