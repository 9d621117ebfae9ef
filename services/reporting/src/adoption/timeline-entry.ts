import { adoptionEventSchema, factKinds } from '@cairn/contracts';
import type { AdoptionPublicEvent, AnyPublicEvent, TimelineEntry } from '@cairn/contracts';

const types: ReadonlySet<string> = new Set(adoptionEventSchema.options.map((option) => option.shape.type.value));

const isAdoptionEvent = (event: AnyPublicEvent): event is AdoptionPublicEvent => types.has(event.type);

/**
 * The adoption event that a received event is, or undefined for another; `receivedIn` held it against its contract. A
 * type that this version does not know stays in the log; a later version that knows it derives its read models anew.
 */
export const adoptionEventOf = (event: AnyPublicEvent): AdoptionPublicEvent | undefined =>
  isAdoptionEvent(event) ? event : undefined;

/** What an event adds to the timeline of its school and initiative. */
export const timelineEntryOf = (event: AdoptionPublicEvent): TimelineEntry => {
  const recorded = { eventId: event.id, version: event.streamversion };
  switch (event.type) {
    case 'org.cairn.adoption.fact-corrected.v1':
      return { entry: 'correction', ...recorded, correctsEventId: event.data.correctsEventId, corrected: event.data.corrected };
    case 'org.cairn.adoption.fact-withdrawn.v1':
      return { entry: 'withdrawal', ...recorded, correctsEventId: event.data.correctsEventId, corrected: {} };
    default: {
      const { schoolId: _school, initiativeId: _initiative, ...values } = event.data;
      return { entry: 'fact', ...recorded, kind: factKinds[event.type], occurredAt: event.time, ...values };
    }
  }
};
