import { emptyTimeline, notStarted, record, stateAt } from '@cairn/contracts';
import type { AdoptionState, AnyPublicEvent } from '@cairn/contracts';

import { adoptionEventOf, timelineEntryOf } from '../adoption/timeline-entry.js';
import type { Point } from '../bitemporal/rows-at.js';
import { schoolEventOf } from '../directory/school-timeline.js';

/** What the log holds up to the position that was recorded by then; the index of an event is its position less one. */
const knownAt = (log: readonly AnyPublicEvent[], { recorded, position }: Point): readonly AnyPublicEvent[] =>
  log.slice(0, position).filter((event) => event.recordedat <= recorded);

/** Adoption by the definition: fold the facts recorded by then, corrections applied, that occurred by then. */
export const adoptionByDefinition = (
  log: readonly AnyPublicEvent[],
  schoolId: string,
  initiativeId: string,
  point: Point,
): { readonly state: AdoptionState; readonly version: number } => {
  const events = knownAt(log, point)
    .flatMap((event) => adoptionEventOf(event) ?? [])
    .filter(({ data }) => data.schoolId === schoolId && data.initiativeId === initiativeId);
  const timeline = events.map(timelineEntryOf).reduce(record, emptyTimeline);
  const state = events.length === 0 ? notStarted : stateAt(timeline, point.effective);
  return { state, version: Math.max(0, ...events.map(({ streamversion }) => streamversion)) };
};

/** The name of a school by the definition, or undefined when it was not open then. */
export const openNameByDefinition = (log: readonly AnyPublicEvent[], schoolId: string, point: Point): string | undefined => {
  const events = knownAt(log, point)
    .flatMap((event) => schoolEventOf(event) ?? [])
    .filter((event) => event.data.schoolId === schoolId && event.time <= point.effective)
    .sort((a, b) => a.time.localeCompare(b.time) || a.streamversion - b.streamversion);
  let name: string | undefined;
  let open = false;
  for (const event of events) {
    if (event.type === 'org.cairn.directory.school-opened.v1') [name, open] = [event.data.name, true];
    if (name === undefined) continue;
    if (event.type === 'org.cairn.directory.school-renamed.v1') name = event.data.to;
    if (event.type === 'org.cairn.directory.school-closed.v1') open = false;
    if (event.type === 'org.cairn.directory.school-reopened.v1') open = true;
  }
  return open ? name : undefined;
};
