import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { getJson, getOfDistrict } from './http.js';
import { readinessFrom } from './readiness.js';
import type { Adoption, Changes, District, HistoryItem, Initiative, Page, Person, Readiness, School, Session, TrendPoint } from './types.js';

/** A point in both times: as it was on `effective`, as we knew it on `recorded`. Absent means now. */
export interface At {
  readonly effective?: string | undefined;
  readonly recorded?: string | undefined;
}

/** Lists go on until there is no `next`; the number of pages is bounded so that a faulty service cannot keep the browser busy. */
const pagesMax = 60;
const allPages = async <T, P extends Page<T>>(read: (after: string | undefined) => Promise<P>): Promise<P> => {
  const first = await read(undefined);
  const items = [...first.items];
  for (let after = first.next, pages = 1; after !== undefined && pages < pagesMax; pages += 1) {
    const page = await read(after);
    items.push(...page.items);
    after = page.next;
  }
  return { ...first, items };
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => getJson<Session>('/api/session', {}, signal),
  staleTime: Infinity,
  retry: false,
});

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => getJson<Page<Person>>('/api/session/people', {}, signal),
  staleTime: Infinity,
});

export const readyQuery = queryOptions({
  queryKey: ['ready'],
  queryFn: async ({ signal }): Promise<Readiness> => {
    const response = await fetch('/api/health/ready', { signal });
    return readinessFrom(response.ok, await response.json().catch(() => undefined));
  },
  staleTime: Infinity,
  refetchInterval: (query) => (query.state.data?.status === 'ready' ? false : 1_000),
});

export const districtsQuery = queryOptions({
  queryKey: ['districts'],
  queryFn: ({ signal }) => getJson<Page<District>>('/api/districts', {}, signal),
});

export const initiativesQuery = (district: string) =>
  queryOptions({
    queryKey: ['district', district, 'initiatives'],
    queryFn: ({ signal }) => getOfDistrict<Page<Initiative>>(district, '/initiatives', {}, signal),
  });

export const adoptionQuery = (district: string, initiative: string, at: At) =>
  queryOptions({
    queryKey: ['district', district, 'adoption', initiative, at.effective, at.recorded],
    queryFn: ({ signal }) => getOfDistrict<Adoption>(district, '/adoption', { initiative, ...at }, signal),
    placeholderData: keepPreviousData,
  });

export const trendQuery = (district: string, initiative: string, span: { from: string; to: string; recorded?: string | undefined }) =>
  queryOptions({
    queryKey: ['district', district, 'trend', initiative, span],
    queryFn: ({ signal }) => getOfDistrict<Page<TrendPoint>>(district, '/adoption/trend', { initiative, ...span }, signal),
    placeholderData: keepPreviousData,
  });

export interface ChangesSpan {
  readonly from: string;
  readonly to?: string | undefined;
  readonly recordedFrom?: string | undefined;
  readonly recordedTo?: string | undefined;
}
export const changesQuery = (district: string, initiative: string, span: ChangesSpan) =>
  queryOptions({
    queryKey: ['district', district, 'changes', initiative, span],
    queryFn: ({ signal }) =>
      allPages((after) => getOfDistrict<Changes>(district, '/adoption/changes', { initiative, ...span, limit: 500, after }, signal)),
    placeholderData: keepPreviousData,
  });

export const historyQuery = (district: string, school: string) =>
  queryOptions({
    queryKey: ['district', district, 'history', school],
    queryFn: ({ signal }) =>
      allPages((after) => getOfDistrict<Page<HistoryItem>>(district, `/schools/${school}/history`, { limit: 500, after }, signal)),
  });

export const schoolSearchQuery = (district: string, words: string, at: At) =>
  queryOptions({
    queryKey: ['district', district, 'schools', words, at.effective, at.recorded],
    queryFn: ({ signal }) => getOfDistrict<Page<School>>(district, '/schools', { ...at, q: words === '' ? undefined : words, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  });
