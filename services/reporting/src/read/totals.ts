import { stages } from '@cairn/contracts';
import type { AdoptionStatus, Stage } from '@cairn/contracts';

export type StageTotals = Readonly<Record<'not-started' | Stage, number>>;
export type StatusTotals = Readonly<Record<AdoptionStatus, number>>;

const statuses: readonly AdoptionStatus[] = ['not-started', 'active', 'paused', 'abandoned'];

const count = <Name extends string>(names: readonly Name[], of: readonly Name[]): Record<Name, number> => {
  const totals = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  for (const name of of) totals[name] += 1;
  return totals;
};

/** How many schools are in each stage, paused and abandoned ones included, and how many have not started. */
export const stageTotals = (schools: readonly { readonly stage: Stage | null }[]): StageTotals =>
  count(['not-started', ...stages], schools.map(({ stage }) => stage ?? 'not-started'));

/** How many schools have each status. */
export const statusTotals = (schools: readonly { readonly status: AdoptionStatus }[]): StatusTotals =>
  count(statuses, schools.map(({ status }) => status));
