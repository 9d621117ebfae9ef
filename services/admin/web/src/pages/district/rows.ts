import type { OverviewSearch, SortColumn } from '../../app/search.js';
import type { AdoptionRow } from '../../api/types.js';
import { hasReached, stageKeyOf, stageRank, statuses } from '../../lib/stages.js';

const isIn = (row: AdoptionRow, stage: NonNullable<OverviewSearch['stage']>): boolean => {
  if (stage === 'reached-initial') return hasReached('initial-implementation', row);
  return stage === 'reached-full' ? hasReached('full-implementation', row) : stageKeyOf(row.stage) === stage;
};

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export const filterRows = (rows: readonly AdoptionRow[], search: OverviewSearch, attention: ReadonlySet<string>): readonly AdoptionRow[] => {
  const words = plain(search.q ?? '').split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (!search.stage || isIn(row, search.stage)) &&
      (!search.status || row.status === search.status) &&
      (!search.attention || attention.has(row.schoolId)) &&
      words.every((word) => plain(row.name).includes(word)),
  );
};

const keys: Record<SortColumn, (row: AdoptionRow) => string | number> = {
  name: (row) => row.name,
  stage: (row) => stageRank(stageKeyOf(row.stage)),
  status: (row) => statuses.indexOf(row.status),
  since: (row) => row.since ?? '9999',
  days: (row) => row.daysInStage ?? -1,
};

/** Sorted by one column, and by name where that column says the same. */
export const sortRows = (rows: readonly AdoptionRow[], column: SortColumn, order: 'asc' | 'desc'): readonly AdoptionRow[] => {
  const key = keys[column];
  const sign = order === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const first = typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right), undefined, { numeric: true });
    return sign * first || a.name.localeCompare(b.name, undefined, { numeric: true });
  });
};
