import { emptyTimeline, record, stageSchema, stateAt } from '@cairn/contracts';
import type { AdoptionState, FactKind, FactValues, RecordedFact, Timeline } from '@cairn/contracts';
import { unreachable } from '@cairn/decider';
import type { DomainEvent, Evolve, Recorded } from '@cairn/decider';
import type { EventCatalogue } from '@cairn/service-kit';
import { z } from 'zod';

const reason = z.string().min(1).max(2_000);
const evidence = z.string().min(1).max(2_000);
const of = { schoolId: z.uuid(), initiativeId: z.string().min(1) };
const noted = { ...of, reason: reason.optional(), evidence: evidence.optional() };
const reasoned = { ...noted, reason };
const moved = { from: stageSchema, to: stageSchema };
const score = z.number().min(0).max(1);
const window = z.string().min(1).max(40);
const corrected = z.object({
  occurredAt: z.string().optional(),
  to: stageSchema.optional(),
  reason: reason.optional(),
  evidence: evidence.optional(),
  score: score.optional(),
  window: window.optional(),
});

const schemas = {
  AdoptionStarted: z.object(noted),
  StageAdvanced: z.object({ ...noted, ...moved }),
  StageRegressed: z.object({ ...reasoned, ...moved }),
  StageOverridden: z.object({ ...reasoned, ...moved }),
  AdoptionPaused: z.object(reasoned),
  AdoptionResumed: z.object(noted),
  AdoptionAbandoned: z.object(reasoned),
  AdoptionRestarted: z.object(noted),
  FidelityRecorded: z.object({ ...noted, score, window }),
  FactCorrected: z.object({ ...of, correctsEventId: z.uuid(), reason, corrected }),
  FactWithdrawn: z.object({ ...of, correctsEventId: z.uuid(), reason }),
};

type EventOf<Type extends keyof typeof schemas> = DomainEvent<Type, z.infer<(typeof schemas)[Type]>>;

/** The facts of a school's adoption of an initiative. */
export type AdoptionEvent = { [Type in keyof typeof schemas]: EventOf<Type> }[keyof typeof schemas];
export type AdoptionEventOf<Type extends AdoptionEvent['type']> = EventOf<Type>;

export const adoptionEvents: EventCatalogue<AdoptionEvent> = {
  AdoptionStarted: { schemaVersion: 1, data: schemas.AdoptionStarted },
  StageAdvanced: { schemaVersion: 1, data: schemas.StageAdvanced },
  StageRegressed: { schemaVersion: 1, data: schemas.StageRegressed },
  StageOverridden: { schemaVersion: 1, data: schemas.StageOverridden },
  AdoptionPaused: { schemaVersion: 1, data: schemas.AdoptionPaused },
  AdoptionResumed: { schemaVersion: 1, data: schemas.AdoptionResumed },
  AdoptionAbandoned: { schemaVersion: 1, data: schemas.AdoptionAbandoned },
  AdoptionRestarted: { schemaVersion: 1, data: schemas.AdoptionRestarted },
  FidelityRecorded: { schemaVersion: 1, data: schemas.FidelityRecorded },
  FactCorrected: { schemaVersion: 1, data: schemas.FactCorrected },
  FactWithdrawn: { schemaVersion: 1, data: schemas.FactWithdrawn },
};

/** Everything that decisions about one school and one initiative rest on: its timeline, corrections applied. */
export interface SchoolAdoption {
  readonly timeline: Timeline;
  readonly version: number;
}

export const initialAdoption: SchoolAdoption = { timeline: emptyTimeline, version: 0 };

/** Where the adoption stood at an instant, facts of that instant included. */
export const adoptionAt = (adoption: SchoolAdoption, instant: string): AdoptionState => stateAt(adoption.timeline, instant);

const withFact = (adoption: SchoolAdoption, event: Recorded<AdoptionEvent>, kind: FactKind): SchoolAdoption => {
  const { to, reason, evidence, score, window } = event.data as Partial<FactValues>;
  const { eventId, version, occurredAt } = event;
  const fact: RecordedFact = { entry: 'fact', eventId, version, kind, occurredAt, to, reason, evidence, score, window };
  return { version, timeline: record(adoption.timeline, fact) };
};

export const evolveAdoption: Evolve<SchoolAdoption, AdoptionEvent> = (adoption, event) => {
  const { eventId, version } = event;
  switch (event.type) {
    case 'AdoptionStarted':
      return withFact(adoption, event, 'started');
    case 'StageAdvanced':
      return withFact(adoption, event, 'advanced');
    case 'StageRegressed':
      return withFact(adoption, event, 'regressed');
    case 'StageOverridden':
      return withFact(adoption, event, 'overridden');
    case 'AdoptionPaused':
      return withFact(adoption, event, 'paused');
    case 'AdoptionResumed':
      return withFact(adoption, event, 'resumed');
    case 'AdoptionAbandoned':
      return withFact(adoption, event, 'abandoned');
    case 'AdoptionRestarted':
      return withFact(adoption, event, 'restarted');
    case 'FidelityRecorded':
      return withFact(adoption, event, 'fidelity-recorded');
    case 'FactCorrected': {
      const { correctsEventId, corrected: values } = event.data;
      const entry = { entry: 'correction', eventId, version, correctsEventId, corrected: values } as const;
      return { version, timeline: record(adoption.timeline, entry) };
    }
    case 'FactWithdrawn': {
      const { correctsEventId } = event.data;
      const entry = { entry: 'withdrawal', eventId, version, correctsEventId, corrected: {} } as const;
      return { version, timeline: record(adoption.timeline, entry) };
    }
    default:
      return unreachable(event);
  }
};
