import type { Page, ProjectionSource } from './projection.js';

/**
 * A source for several projections that are woken together: what they ask for in one turn of the event loop is read and
 * taken apart once. Nothing is shared with whoever asks later, who may know of events that an earlier look did not find.
 */
export const sharedSource = <Event>(source: ProjectionSource<Event>): ProjectionSource<Event> => {
  const asked = new Map<string, Promise<Page<Event>>>();
  const readOnce = async (key: string, after: string | undefined, limit: number): Promise<Page<Event>> => {
    // After all that runs now, and has something to ask, has asked.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    asked.delete(key);
    return source.read(after, limit);
  };
  return {
    ...(source.id && { id: source.id.bind(source) }),
    read: (after, limit) => {
      const key = JSON.stringify([after, limit]);
      const page = asked.get(key) ?? readOnce(key, after, limit);
      asked.set(key, page);
      return page;
    },
    head: () => source.head(),
    compare: (left, right) => source.compare(left, right),
    positionOf: (event) => source.positionOf(event),
  };
};
