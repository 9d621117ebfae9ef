import type { EventFilter, EventStore, RecordedEvent } from '@cairn/event-store';

import type { ProjectionSource } from './projection-runner.js';

/** A service's own event store as the source of its read models. */
export const storeSource = (store: EventStore, filter?: EventFilter): ProjectionSource<RecordedEvent> => ({
  read: async (after, limit) => {
    const page = await store.readAll({ after, limit, filter });
    return { events: page.events, readUpTo: page.readUpTo };
  },
  head: () => store.head(),
  compare: (left, right) => store.compare(left, right),
});
