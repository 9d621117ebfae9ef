import type { AdoptionStatus, Stage } from '@cairn/contracts';
import { z } from 'zod';

export const statusSchema = z.enum(['not-started', 'active', 'paused', 'abandoned'] satisfies AdoptionStatus[]);

const schools = z.int().min(0);
export type StageTotals = Record<'not-started' | Stage, number>;
export const stageTotalsSchema: z.ZodType<StageTotals> = z.object({
  'not-started': schools,
  exploration: schools,
  installation: schools,
  'initial-implementation': schools,
  'full-implementation': schools,
});
export type StatusTotals = Record<AdoptionStatus, number>;
export const statusTotalsSchema: z.ZodType<StatusTotals> = z.object({
  'not-started': schools,
  active: schools,
  paused: schools,
  abandoned: schools,
});

export const noSchools = (): StageTotals => ({
  'not-started': 0,
  exploration: 0,
  installation: 0,
  'initial-implementation': 0,
  'full-implementation': 0,
});

/** How many schools are in each stage, paused and abandoned ones included, and how many have not started. */
export const stageTotals = (schools: readonly { readonly stage: Stage | null }[]): StageTotals =>
  schools.reduce((totals, { stage }) => {
    totals[stage ?? 'not-started'] += 1;
    return totals;
  }, noSchools());

/** How many schools have each status. */
export const statusTotals = (schools: readonly { readonly status: AdoptionStatus }[]): StatusTotals =>
  schools.reduce(
    (totals, { status }) => {
      totals[status] += 1;
      return totals;
    },
    { 'not-started': 0, active: 0, paused: 0, abandoned: 0 },
  );
