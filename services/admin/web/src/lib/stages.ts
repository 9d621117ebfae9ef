import type { AdoptionStatus, Stage } from '@cairn/contracts';

/** The stages in their order; what has not started comes before the first. */
export const stages: readonly Stage[] = ['exploration', 'installation', 'initial-implementation', 'full-implementation'];

export type StageKey = Stage | 'not-started';
export const stageKeys: readonly StageKey[] = ['not-started', ...stages];

export const statuses: readonly AdoptionStatus[] = ['not-started', 'active', 'paused', 'abandoned'];

export const stageKeyOf = (stage: Stage | null | undefined): StageKey => stage ?? 'not-started';

/** 0 for what has not started, 4 for full implementation. */
export const stageRank = (stage: StageKey): number => stageKeys.indexOf(stage);

/** Whether a school counts as having reached a stage: it is there or further, active or paused. One that has abandoned does not count. */
export const hasReached = (stage: Stage, at: { readonly stage: Stage | null; readonly status: AdoptionStatus } | null): boolean =>
  at !== null && at.status !== 'abandoned' && stageRank(stageKeyOf(at.stage)) >= stageRank(stage);

export const nextStage = (stage: Stage): Stage | undefined => stages[stages.indexOf(stage) + 1];

export const isStageKey = (text: string): text is StageKey => (stageKeys as readonly string[]).includes(text);
export const isStatus = (text: string): text is AdoptionStatus => (statuses as readonly string[]).includes(text);
