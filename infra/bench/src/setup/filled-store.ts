import type { PostgresEventStore } from '@cairn/event-store';

import { benchEvents, callersDo } from './events.js';

const eventsOfStream = 10;
const callers = 64;

/** Appends `events` events in streams of ten. */
export const fillStore = async (store: PostgresEventStore, events: number, prefix = 'filled'): Promise<void> => {
  const streams = Math.ceil(events / eventsOfStream);
  let next = 0;
  await callersDo(callers, async () => {
    const stream = next;
    next += 1;
    if (stream >= streams) return false;
    await store.append(`bench.stream-${prefix}-${stream}`, 'no-stream', benchEvents(eventsOfStream));
    return true;
  });
};
