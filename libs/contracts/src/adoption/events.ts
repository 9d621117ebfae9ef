import { z } from 'zod';

import { instantSchema, publicEvent } from '../public-event.js';
import { stageSchema } from './stage.js';

const of = { schoolId: z.uuid(), initiativeId: z.string().min(1) };
const reason = z.string().min(1).max(2_000);
const evidence = z.string().min(1).max(2_000);
const note = { reason: reason.optional(), evidence: evidence.optional() };

export const adoptionStartedV1 = publicEvent('org.cairn.adoption.started.v1', z.object({ ...of, ...note }));
export const stageAdvancedV1 = publicEvent(
  'org.cairn.adoption.stage-advanced.v1',
  z.object({ ...of, ...note, from: stageSchema, to: stageSchema }),
);
export const stageRegressedV1 = publicEvent(
  'org.cairn.adoption.stage-regressed.v1',
  z.object({ ...of, ...note, from: stageSchema, to: stageSchema, reason }),
);
export const stageOverriddenV1 = publicEvent(
  'org.cairn.adoption.stage-overridden.v1',
  z.object({ ...of, ...note, from: stageSchema, to: stageSchema, reason }),
);
export const adoptionPausedV1 = publicEvent('org.cairn.adoption.paused.v1', z.object({ ...of, ...note, reason }));
export const adoptionResumedV1 = publicEvent('org.cairn.adoption.resumed.v1', z.object({ ...of, ...note }));
export const adoptionAbandonedV1 = publicEvent('org.cairn.adoption.abandoned.v1', z.object({ ...of, ...note, reason }));
export const adoptionRestartedV1 = publicEvent('org.cairn.adoption.restarted.v1', z.object({ ...of, ...note }));
export const fidelityRecordedV1 = publicEvent(
  'org.cairn.adoption.fidelity-recorded.v1',
  z.object({ ...of, ...note, score: z.number().min(0).max(1), window: z.string().min(1).max(40) }),
);

/** The members of a fact that a correction may give anew; those it leaves out stay as they stood. */
export const correctedValuesSchema = z.object({
  occurredAt: instantSchema.optional(),
  to: stageSchema.optional(),
  reason: reason.optional(),
  evidence: evidence.optional(),
  score: z.number().min(0).max(1).optional(),
  window: z.string().min(1).max(40).optional(),
});

export const factCorrectedV1 = publicEvent(
  'org.cairn.adoption.fact-corrected.v1',
  z.object({ ...of, correctsEventId: z.uuid(), reason, corrected: correctedValuesSchema }),
);
export const factWithdrawnV1 = publicEvent(
  'org.cairn.adoption.fact-withdrawn.v1',
  z.object({ ...of, correctsEventId: z.uuid(), reason }),
);

/** Every public event about the adoption of an initiative by a school. */
export const adoptionEventSchema = z.discriminatedUnion('type', [
  adoptionStartedV1,
  stageAdvancedV1,
  stageRegressedV1,
  stageOverriddenV1,
  adoptionPausedV1,
  adoptionResumedV1,
  adoptionAbandonedV1,
  adoptionRestartedV1,
  fidelityRecordedV1,
  factCorrectedV1,
  factWithdrawnV1,
]);
export type AdoptionPublicEvent = z.infer<typeof adoptionEventSchema>;
