import type { NewStream, PostgresEventStore } from '@cairn/event-store';

import { benchEvents, callersDo } from './events.js';

const eventsOfStream = 10;
/** Whoever imports has all of it at hand: twice what one flush of appends carries is on its way. */
const callers = 512;

/** Appends `events` events in streams of ten, as an import does. */
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

/** The same streams one after the other, each made when it is asked for. */
export function* importedStreams(events: number, prefix: string): Generator<NewStream> {
  for (let stream = 0; stream < Math.ceil(events / eventsOfStream); stream += 1) {
    yield { stream: `bench.stream-${prefix}-${stream}`, events: benchEvents(eventsOfStream) };
  }
}
