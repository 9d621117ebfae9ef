import type { EventFilter, EventStore, RecordedEvent } from '@cairn/event-store';

import type { ProjectionSource } from './projection.js';

/** A service's own event store as the source of its read models. */
export const storeSource = (store: EventStore, filter?: EventFilter): ProjectionSource<RecordedEvent> => ({
  id: () => store.storeId(),
  read: async (after, limit) => {
    const page = await store.readAll({ after, limit, filter });
    return { events: page.events, readUpTo: page.readUpTo };
  },
  head: () => store.head(),
  compare: (left, right) => store.compare(left, right),
  positionOf: ({ position }) => position,
});
