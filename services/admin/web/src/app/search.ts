import { isDay } from '../lib/zone.js';
import { isStageKey, isStatus, type StageKey } from '../lib/stages.js';
import type { AdoptionStatus } from '@cairn/contracts';

/**
 * The address carries the state of the page. Members that make no sense are left out instead of failing the page.
 * All values are plain text in the query (`?effective=2025-10-01`), so that an address can be read and written by hand.
 */
type Raw = Record<string, unknown>;

const text = (value: unknown, max = 200): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= max ? value : undefined;
const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | undefined => known.find((entry) => entry === value);
const day = (value: unknown): string | undefined => (typeof value === 'string' && isDay(value) ? value : undefined);
/** A day, or an instant as RFC 3339. */
const point = (value: unknown): string | undefined =>
  day(value) ?? (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined);

export interface DistrictSearch {
  readonly initiative?: string | undefined;
  readonly effective?: string | undefined;
  readonly recorded?: string | undefined;
}
export const districtSearch = (raw: Raw): DistrictSearch => ({
  initiative: text(raw['initiative']),
  effective: point(raw['effective']),
  recorded: point(raw['recorded']),
});

export const sortColumns = ['name', 'stage', 'status', 'since', 'days'] as const;
export type SortColumn = (typeof sortColumns)[number];
/** At that stage or further, and not abandoned; the plain name of a stage means those whose stage it is, whatever their status. */
const reached = ['reached-initial', 'reached-full'] as const;
type Reached = (typeof reached)[number];

export interface OverviewSearch {
  readonly stage?: StageKey | Reached | undefined;
  readonly status?: AdoptionStatus | undefined;
  readonly attention?: 'yes' | undefined;
  readonly q?: string | undefined;
  readonly sort?: SortColumn | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  /** Absent: the first rows of the table. */
  readonly rows?: 'all' | undefined;
}
export const overviewSearch = (raw: Raw): OverviewSearch => {
  const stage = text(raw['stage']);
  const status = text(raw['status']);
  return {
    stage: oneOf(stage, reached) ?? (stage && isStageKey(stage) ? stage : undefined),
    status: status && isStatus(status) ? status : undefined,
    attention: oneOf(raw['attention'], ['yes'] as const),
    q: text(raw['q']),
    sort: oneOf(raw['sort'], sortColumns),
    order: oneOf(raw['order'], ['asc', 'desc'] as const),
    rows: oneOf(raw['rows'], ['all'] as const),
  };
};

export interface SchoolSearch {
  /** The command whose form is open. */
  readonly do?: string | undefined;
  /** The event that is being corrected or withdrawn. */
  readonly correct?: string | undefined;
  readonly withdraw?: string | undefined;
  readonly facts?: 'all' | undefined;
}
export const schoolSearch = (raw: Raw): SchoolSearch => ({
  do: text(raw['do'], 40),
  correct: text(raw['correct'], 40),
  withdraw: text(raw['withdraw'], 40),
  facts: oneOf(raw['facts'], ['all'] as const),
});

export interface ChangesSearch {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Absent: as we knew it on that very day; `now`: as we know it now. */
  readonly recordedFrom?: string | undefined;
  readonly recordedTo?: string | undefined;
  readonly class?: string | undefined;
  /** Absent: the first lines of the list. */
  readonly rows?: 'all' | undefined;
}
export const changesSearch = (raw: Raw): ChangesSearch => ({
  from: day(raw['from']),
  to: day(raw['to']),
  recordedFrom: raw['recordedFrom'] === 'now' ? 'now' : point(raw['recordedFrom']),
  recordedTo: point(raw['recordedTo']),
  class: text(raw['class'], 40),
  rows: oneOf(raw['rows'], ['all'] as const),
});

export interface SignInSearch {
  readonly next?: string | undefined;
}
/** Only a path of this site may follow the sign-in. */
export const signInSearch = (raw: Raw): SignInSearch => {
  const next = text(raw['next'], 2_000);
  return { next: next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : undefined };
};

/** Plain texts instead of JSON in the query. */
export const parseQuery = (query: string): Raw => Object.fromEntries(new URLSearchParams(query));
export const writeQuery = (search: Raw): string => {
  const given = Object.entries(search).flatMap(([name, value]) => (value === undefined || value === null || value === '' ? [] : [[name, String(value)]]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
};
