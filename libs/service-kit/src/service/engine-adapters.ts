import type { Clock, EventStore } from '@cairn/event-store';

import { ConfigurationError } from './configuration-error.js';
import type { EventStoreConfig } from './engine-config.js';

export const openEventStoreDb = (_options: EventStoreConfig & { readonly scope: string; readonly clock: Clock }): EventStore => {
  throw new ConfigurationError('EVENT_STORE_URL: This build has no EventStoreDB adapter.');
};
