import { z } from 'zod';

/** The implementation stages of the National Implementation Research Network, in their order. */
export const stages = ['exploration', 'installation', 'initial-implementation', 'full-implementation'] as const;
export const stageSchema = z.enum(stages);
export type Stage = z.infer<typeof stageSchema>;

/** The stage that follows, or undefined after the last. */
export const stageAfter = (stage: Stage): Stage | undefined => stages[stages.indexOf(stage) + 1];

/** Negative when `left` comes before `right`, zero when they are the same. */
export const compareStages = (left: Stage, right: Stage): number => stages.indexOf(left) - stages.indexOf(right);

/** The stage that comes before, or undefined before the first. */
export const stageBefore = (stage: Stage): Stage | undefined => stages[stages.indexOf(stage) - 1];
