import { randomBytes } from 'node:crypto';

import type { EventFilter, NewEvent, RecordedEvent } from '../event.js';
import type { EventStore } from '../event-store.js';
import { anEvent } from './sample-events.js';

/** Events of 800 kB each, more than a page takes, that no server makes smaller, or those that it does. */
export const largeEvents = (kind: 'random' | 'repetitive'): readonly NewEvent[] =>
  Array.from({ length: 30 }, () => {
    const data = kind === 'random' ? randomBytes(400_000).toString('hex') : 'stone '.repeat(133_333);
    return anEvent({ type: 'Large', data });
  });

/** Appends one by one, since not every server takes a megabyte and more at once; answers the ids in their order. */
export const appendAll = async (store: EventStore, stream: string, events: readonly NewEvent[]): Promise<readonly string[]> => {
  for (const [at, event] of events.entries()) await store.append(stream, at || 'no-stream', [event]);
  return events.map(({ id }) => id);
};

/** Every page to the end, the empty one with it. */
export const pagesOf = async (store: EventStore, filter?: EventFilter): Promise<readonly (readonly RecordedEvent[])[]> => {
  const pages: (readonly RecordedEvent[])[] = [];
  for (let after: string | undefined; pages.at(-1)?.length !== 0; ) {
    const page = await store.readAll({ after, limit: 4_096, filter });
    pages.push(page.events);
    after = page.readUpTo;
  }
  return pages;
};
