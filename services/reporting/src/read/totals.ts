import { stages } from '@cairn/contracts';
import type { AdoptionStatus, Stage } from '@cairn/contracts';
import { z } from 'zod';

const stageKeys = ['not-started', ...stages] as const;
const statuses = ['not-started', 'active', 'paused', 'abandoned'] as const satisfies readonly AdoptionStatus[];

export const statusSchema = z.enum(statuses);
export const stageTotalsSchema = z.record(z.enum(stageKeys), z.int());
export const statusTotalsSchema = z.record(statusSchema, z.int());
export type StageTotals = z.infer<typeof stageTotalsSchema>;
export type StatusTotals = z.infer<typeof statusTotalsSchema>;

const count = <Name extends string>(names: readonly Name[], of: readonly Name[]): Record<Name, number> => {
  const totals = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  for (const name of of) totals[name] += 1;
  return totals;
};

/** How many schools are in each stage, paused and abandoned ones included, and how many have not started. */
export const stageTotals = (schools: readonly { readonly stage: Stage | null }[]): StageTotals =>
  count(stageKeys, schools.map(({ stage }) => stage ?? 'not-started'));

/** How many schools have each status. */
export const statusTotals = (schools: readonly { readonly status: AdoptionStatus }[]): StatusTotals =>
  count(statuses, schools.map(({ status }) => status));
