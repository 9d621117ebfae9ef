import type { Stage } from '@cairn/contracts';

import type { AdoptionEvent, AdoptionEventOf } from '../adoption/adoption.js';
import type { AdoptionCommand } from '../adoption/adoption-law.js';

// Facts and commands for decision tables: one school, one initiative, one day a month.

export const about = { schoolId: '7f1f8a9e-9c43-5d35-8d7e-0a6c4b1f2e3d', initiativeId: 'blended-learning' } as const;

/** The first of a month of 2025 as an instant: `on(3)` is 1 March. */
export const on = (month: number, day = 1): string => new Date(Date.UTC(2025, month - 1, day)).toISOString();

export const bounds: Pick<AdoptionCommand, 'now' | 'school' | 'fidelityCut' | 'schoolId' | 'initiativeId'> = {
  ...about,
  now: on(12, 31),
  school: { openedAt: on(1) },
  fidelityCut: 0.7,
};

export const started = (month: number): AdoptionEventOf<'AdoptionStarted'> => ({
  type: 'AdoptionStarted',
  occurredAt: on(month),
  data: { ...about },
});

export const advanced = (month: number, from: Stage, to: Stage, evidence?: string): AdoptionEventOf<'StageAdvanced'> => ({
  type: 'StageAdvanced',
  occurredAt: on(month),
  data: { ...about, from, to, ...(evidence === undefined ? {} : { evidence }) },
});

export const toInstallation = (month: number) => advanced(month, 'exploration', 'installation');
export const toInitial = (month: number) => advanced(month, 'installation', 'initial-implementation', 'seen in two rooms');
export const toFull = (month: number) => advanced(month, 'initial-implementation', 'full-implementation');

export const fidelity = (month: number, score: number, window: string): AdoptionEventOf<'FidelityRecorded'> => ({
  type: 'FidelityRecorded',
  occurredAt: on(month),
  data: { ...about, score, window },
});

export const paused = (month: number): AdoptionEventOf<'AdoptionPaused'> => ({
  type: 'AdoptionPaused',
  occurredAt: on(month),
  data: { ...about, reason: 'new principal' },
});

export const resumed = (month: number): AdoptionEventOf<'AdoptionResumed'> => ({
  type: 'AdoptionResumed',
  occurredAt: on(month),
  data: { ...about },
});

export const abandoned = (month: number): AdoptionEventOf<'AdoptionAbandoned'> => ({
  type: 'AdoptionAbandoned',
  occurredAt: on(month),
  data: { ...about, reason: 'no time' },
});

export const restarted = (month: number): AdoptionEventOf<'AdoptionRestarted'> => ({
  type: 'AdoptionRestarted',
  occurredAt: on(month),
  data: { ...about },
});

export const corrected = (
  correctsEventId: string,
  occurredAt: string,
  values: AdoptionEventOf<'FactCorrected'>['data']['corrected'],
): AdoptionEventOf<'FactCorrected'> => ({
  type: 'FactCorrected',
  occurredAt,
  data: { ...about, correctsEventId, reason: 'typed wrongly', corrected: values },
});

export const withdrawn = (correctsEventId: string, occurredAt: string): AdoptionEventOf<'FactWithdrawn'> => ({
  type: 'FactWithdrawn',
  occurredAt,
  data: { ...about, correctsEventId, reason: 'another school' },
});

export const history: readonly AdoptionEvent[] = [started(1), toInstallation(2), toInitial(4)];
