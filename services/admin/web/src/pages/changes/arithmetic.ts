import type { Change, Changes } from '../../api/types.js';
import { hasReached, stageKeyOf, stageKeys, type StageKey } from '../../lib/stages.js';

/** The classes in the order they are shown; a class that a newer service adds comes after them. */
const order = ['real-change', 'late-fact', 'correction', 'rename', 'opened', 'closed', 'new-definition', 'regrouping'];
const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);

export const classesOf = (changes: Changes): readonly { name: string; count: number }[] =>
  Object.entries(changes.classes)
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));

export interface SumOfStage {
  readonly stage: StageKey;
  readonly before: number;
  readonly after: number;
  /** What each class adds to or takes from this stage, by name. */
  readonly byClass: ReadonlyMap<string, number>;
  /** Before and all classes together give after. */
  readonly adds: boolean;
}

/** By how many the schools that have reached Initial Implementation grew, counted as the district's sentence counts them. */
export const reachedDifference = (changes: Changes): number =>
  changes.items.reduce(
    (sum, { before, after }) => sum + Number(hasReached('initial-implementation', after)) - Number(hasReached('initial-implementation', before)),
    0,
  );

/** What one change does to the number of schools in a stage: it leaves one and enters another. */
const effectOn = (stage: StageKey, { before, after }: Change): number =>
  (after && stageKeyOf(after.stage) === stage ? 1 : 0) - (before && stageKeyOf(before.stage) === stage ? 1 : 0);

/** The arithmetic of the page: for each stage, before + the classes = after, worked out from the lines and not from the totals. */
export const sums = (changes: Changes): readonly SumOfStage[] =>
  stageKeys.map((stage) => {
    const byClass = new Map<string, number>();
    for (const item of changes.items) byClass.set(item.class, (byClass.get(item.class) ?? 0) + effectOn(stage, item));
    const before = changes.before.totals[stage];
    const after = changes.after.totals[stage];
    const moved = [...byClass.values()].reduce((sum, value) => sum + value, 0);
    return { stage, before, after, byClass, adds: before + moved === after };
  });
