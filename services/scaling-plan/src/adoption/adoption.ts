import {
  adoptionAbandonedV1,
  adoptionPausedV1,
  adoptionRestartedV1,
  adoptionResumedV1,
  adoptionStartedV1,
  emptyTimeline,
  factCorrectedV1,
  factWithdrawnV1,
  fidelityRecordedV1,
  record,
  stageAdvancedV1,
  stageOverriddenV1,
  stageRegressedV1,
  stateAt,
} from '@cairn/contracts';
import type { AdoptionState, FactKind, FactValues, RecordedFact, Timeline } from '@cairn/contracts';
import { unreachable } from '@cairn/decider';
import type { DomainEvent, Evolve, Recorded } from '@cairn/decider';
import type { EventCatalogue } from '@cairn/service-kit';
import type { z } from 'zod';

/** What is recorded of an adoption is published as it stands, so both are held to the same schemas. */
const schemas = {
  AdoptionStarted: adoptionStartedV1.shape.data,
  StageAdvanced: stageAdvancedV1.shape.data,
  StageRegressed: stageRegressedV1.shape.data,
  StageOverridden: stageOverriddenV1.shape.data,
  AdoptionPaused: adoptionPausedV1.shape.data,
  AdoptionResumed: adoptionResumedV1.shape.data,
  AdoptionAbandoned: adoptionAbandonedV1.shape.data,
  AdoptionRestarted: adoptionRestartedV1.shape.data,
  FidelityRecorded: fidelityRecordedV1.shape.data,
  FactCorrected: factCorrectedV1.shape.data,
  FactWithdrawn: factWithdrawnV1.shape.data,
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
