import type { Stage } from '@cairn/contracts';

import type { AdoptionRow, Change } from '../../api/types.js';
import { stageKeyOf, stageRank } from '../../lib/stages.js';

export type Reason =
  | { readonly kind: 'moved-back'; readonly from: Stage; readonly to: Stage; readonly days: number }
  | { readonly kind: 'paused'; readonly stage: Stage; readonly days: number }
  | { readonly kind: 'long'; readonly stage: Stage; readonly days: number; readonly median: number };

export interface NeedsAttention {
  readonly row: AdoptionRow;
  readonly reasons: readonly Reason[];
}

/** A school counts as long in a stage from here on, and only when it is also well over what is usual in the district. */
export const longFrom_days = 180;
export const longOverMedian = 1.5;
/** How far back a move to an earlier stage is still news. */
export const movedBackWithin_days = 120;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : Math.round(((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2);
};

const mediansOf = (rows: readonly AdoptionRow[]): ReadonlyMap<Stage, number> => {
  const days = new Map<Stage, number[]>();
  for (const row of rows) {
    if (row.status === 'active' && row.stage && row.daysInStage !== null) days.set(row.stage, [...(days.get(row.stage) ?? []), row.daysInStage]);
  }
  return new Map([...days].map(([stage, list]) => [stage, median(list)]));
};

/** The stage each school fell from, out of the changes of the last months, oldest first. */
const fellFrom = (changes: readonly Change[]): ReadonlyMap<string, Stage> => {
  const from = new Map<string, Stage>();
  for (const { schoolId, before, after } of changes) {
    if (before?.stage && after?.stage && stageRank(after.stage) < stageRank(before.stage) && !from.has(schoolId)) from.set(schoolId, before.stage);
  }
  return from;
};

const reasonsOf = (row: AdoptionRow, medians: ReadonlyMap<Stage, number>, from: Stage | undefined): Reason[] => {
  const { stage, status } = row;
  if (!stage || (status !== 'active' && status !== 'paused')) return [];
  const days = row.daysInStage ?? 0;
  const reasons: Reason[] = [];
  if (from && stageRank(stageKeyOf(stage)) < stageRank(from)) reasons.push({ kind: 'moved-back', from, to: stage, days });
  if (status === 'paused') reasons.push({ kind: 'paused', stage, days });
  const usual = medians.get(stage) ?? 0;
  if (status === 'active' && stage !== 'full-implementation' && days >= Math.max(longFrom_days, longOverMedian * usual)) {
    reasons.push({ kind: 'long', stage, days, median: usual });
  }
  return reasons;
};

/**
 * The schools that need attention, most pressing first. The kinds of reason take turns, so that ten paused schools do not hide the
 * one that has been in Installation for two years. Full Implementation is where a school stays, so no time in it is too long.
 */
export const needsAttention = (rows: readonly AdoptionRow[], recentChanges: readonly Change[]): readonly NeedsAttention[] => {
  const medians = mediansOf(rows);
  const from = fellFrom(recentChanges);
  const flagged = rows.map((row) => ({ row, reasons: reasonsOf(row, medians, from.get(row.schoolId)) })).filter((entry) => entry.reasons.length > 0);
  const daysOf = (entry: NeedsAttention): number => entry.row.daysInStage ?? 0;
  const queues = (['moved-back', 'long', 'paused'] as const).map((kind) =>
    flagged
      .filter((entry) => entry.reasons[0]?.kind === kind)
      .sort((a, b) => (kind === 'moved-back' ? daysOf(a) - daysOf(b) : daysOf(b) - daysOf(a)) || a.row.name.localeCompare(b.row.name)),
  );
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue[turn] ?? [])).flat();
};
