import type { Page, ProjectionSource } from './projection.js';

/** The part of a page that does not go beyond a position. */
export const pageUpTo = <Event>(
  source: Pick<ProjectionSource<Event>, 'compare' | 'positionOf'>,
  page: Page<Event>,
  upTo: string,
): Page<Event> => {
  if (page.readUpTo === undefined || source.compare(page.readUpTo, upTo) <= 0) return page;
  return { events: page.events.filter((event) => source.compare(source.positionOf(event), upTo) <= 0), readUpTo: upTo };
};
