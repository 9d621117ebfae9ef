import type { TrendPoint } from '../../api/types.js';
import { addDays, daysBetween } from '../../lib/zone.js';
import { stageKeys, type StageKey } from '../../lib/stages.js';

/** Where a day lies between two others, 0-1. */
export const shareOf = (first: string, last: string, day: string): number => daysBetween(first, day) / Math.max(1, daysBetween(first, last));

/** The day at a share of the way between two others. */
export const dayAt = (first: string, last: string, share: number): string =>
  addDays(first, Math.round(Math.min(1, Math.max(0, share)) * daysBetween(first, last)));

/** The last point that is not after the day. */
export const pointBy = (points: readonly TrendPoint[], day: string): TrendPoint => points.findLast((point) => point.date <= day) ?? points[0]!;

export interface BandLabel {
  readonly stage: StageKey;
  readonly count: number;
  /** Pixels from the top of the plot to the middle of the label. */
  readonly y: number;
}

const lineHeight_px = 18;

/** Labels at the middle of each band of the last point, moved apart where bands are thinner than a line of text. */
export const bandLabels = (point: TrendPoint, total: number, height_px: number): readonly BandLabel[] => {
  const counted = stageKeys.map((stage) => ({ stage, count: point.totals[stage] })).filter((band) => band.count > 0);
  let above = 0;
  const labels = counted.map((band) => {
    const y = ((above + band.count / 2) / Math.max(1, total)) * height_px;
    above += band.count;
    return { ...band, y };
  });
  for (let index = 1; index < labels.length; index += 1) {
    labels[index]!.y = Math.max(labels[index]!.y, labels[index - 1]!.y + lineHeight_px);
  }
  const over = (labels.at(-1)?.y ?? 0) - (height_px - lineHeight_px / 2);
  if (over <= 0) return labels;
  for (let index = labels.length - 1, limit = height_px - lineHeight_px / 2; index >= 0; index -= 1, limit -= lineHeight_px) {
    labels[index]!.y = Math.min(labels[index]!.y, limit);
  }
  return labels;
};
