import { adoptionEventSchema } from '@cairn/contracts';
import type { AdoptionPublicEvent, AnyPublicEvent, FactKind, TimelineEntry } from '@cairn/contracts';

const types: ReadonlySet<string> = new Set(adoptionEventSchema.options.map((option) => option.shape.type.value));

const isAdoptionEvent = (event: AnyPublicEvent): event is AdoptionPublicEvent => types.has(event.type);

/**
 * The adoption event that a received event is, or undefined for another; `receivedIn` held it against its contract. A
 * type that this version does not know stays in the log; a later version that knows it derives its read models anew.
 */
export const adoptionEventOf = (event: AnyPublicEvent): AdoptionPublicEvent | undefined =>
  isAdoptionEvent(event) ? event : undefined;

type FactType = Exclude<AdoptionPublicEvent['type'], `org.cairn.adoption.fact-${string}`>;

const kinds: Readonly<Record<FactType, FactKind>> = {
  'org.cairn.adoption.started.v1': 'started',
  'org.cairn.adoption.stage-advanced.v1': 'advanced',
  'org.cairn.adoption.stage-regressed.v1': 'regressed',
  'org.cairn.adoption.stage-overridden.v1': 'overridden',
  'org.cairn.adoption.paused.v1': 'paused',
  'org.cairn.adoption.resumed.v1': 'resumed',
  'org.cairn.adoption.abandoned.v1': 'abandoned',
  'org.cairn.adoption.restarted.v1': 'restarted',
  'org.cairn.adoption.fidelity-recorded.v1': 'fidelity-recorded',
};

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
      return { entry: 'fact', ...recorded, kind: kinds[event.type], occurredAt: event.time, ...values };
    }
  }
};
