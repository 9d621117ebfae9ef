import { adoptionEventSchema } from '@cairn/contracts';
import type { AdoptionPublicEvent } from '@cairn/contracts';
import type { PublicMessage } from '@cairn/event-bus';
import type { RecordedEvent } from '@cairn/event-store';
import { publicMessage, readEvent } from '@cairn/service-kit';

import type { AdoptionEvent } from './adoption.js';
import { adoptionEvents } from './adoption.js';

/** The public name of each fact. An adoption has no private facts: what happened to a school is the district's to know. */
const publicTypes: Readonly<Record<AdoptionEvent['type'], AdoptionPublicEvent['type']>> = {
  AdoptionStarted: 'org.cairn.adoption.started.v1',
  StageAdvanced: 'org.cairn.adoption.stage-advanced.v1',
  StageRegressed: 'org.cairn.adoption.stage-regressed.v1',
  StageOverridden: 'org.cairn.adoption.stage-overridden.v1',
  AdoptionPaused: 'org.cairn.adoption.paused.v1',
  AdoptionResumed: 'org.cairn.adoption.resumed.v1',
  AdoptionAbandoned: 'org.cairn.adoption.abandoned.v1',
  AdoptionRestarted: 'org.cairn.adoption.restarted.v1',
  FidelityRecorded: 'org.cairn.adoption.fidelity-recorded.v1',
  FactCorrected: 'org.cairn.adoption.fact-corrected.v1',
  FactWithdrawn: 'org.cairn.adoption.fact-withdrawn.v1',
};

/** What the scaling plan tells others, keyed by school so that a school's facts keep their order. */
export const publishAdoption = (stored: RecordedEvent): PublicMessage => {
  const fact = readEvent(adoptionEvents, stored);
  return publicMessage(
    stored,
    { type: publicTypes[fact.type], subject: fact.data.schoolId, data: fact.data },
    adoptionEventSchema,
  );
};
