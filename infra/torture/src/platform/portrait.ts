import type { Platform } from './platform.js';

interface Page {
  readonly items: readonly object[];
  readonly next?: string;
}

/** What the platform tells of its district, by the question that was asked; and what stands on record. */
export type Portrait = ReadonlyMap<string, unknown>;

/** Of the sample; the last one is the day on which it ends. */
const days = ['2023-09-15', '2024-06-01', '2024-12-01', '2025-10-01', '2026-01-14'] as const;
const lastDay = '2026-01-15';

/** How many questions are asked at once. */
const askedAtOnce = 4;

/** Positions count what services took in, in an order that is another one in each run. */
const withoutPosition = ({ position: _position, ...answer }: { readonly position?: string }): object => answer;

const askAll = async (platform: Platform, path: string): Promise<object> => {
  const [items, mark] = [[] as object[], path.includes('?') ? '&' : '?'];
  for (let after: string | undefined, answer: Page & { readonly position?: string }; ; after = answer.next) {
    answer = await platform.get(`${path}${mark}limit=100${after === undefined ? '' : `&after=${after}`}`);
    items.push(...answer.items);
    if (answer.next === undefined) return { ...withoutPosition(answer), items };
  }
};

const district = '/api/districts/mnps';

/** Each initiative on each day, as it was known then and as it is known at the end; what changed from day to day; its trend. */
const questionsOn = (initiative: string): readonly string[] => [
  ...days.flatMap((day) => [day, lastDay].map((known) => `${district}/adoption?initiative=${initiative}&effective=${day}&recorded=${known}`)),
  ...days.slice(1).flatMap((to, at) => {
    const span = `from=${days[at]}&to=${to}`;
    return [
      `${district}/adoption/changes?initiative=${initiative}&${span}&recordedFrom=${days[at]}&recordedTo=${lastDay}`,
      `${district}/adoption/changes?initiative=${initiative}&from=${to}&to=${to}&recordedFrom=${to}&recordedTo=${lastDay}`,
    ];
  }),
  `${district}/adoption/trend?initiative=${initiative}&to=${lastDay}&recorded=${lastDay}`,
];

/**
 * The record, event by event, with its ids and times, which the commands of the sample determine. Not the position, for
 * schools are loaded side by side; not the correlation id, which each request has of its own; and so not the hash.
 */
const record = `
  SELECT stream_id, version::int, event_id, type, schema_version, data::text, (meta::jsonb - 'correlationId')::text AS meta, occurred_at, recorded_at
  FROM (SELECT * FROM directory_store.es_event UNION ALL SELECT * FROM scaling_plan_store.es_event) AS e ORDER BY stream_id, version`;

/** What consumers keep beside: every event was taken in once, and nothing waits for an operator. */
const consumed = `
  SELECT (SELECT count(*)::int FROM reporting.received_event) AS received,
    (SELECT count(*)::int FROM reporting.parked_message) + (SELECT count(*)::int FROM scaling_plan.parked_message) AS parked,
    (SELECT count(*)::int FROM scaling_plan.school_copy) AS schools, (SELECT loaded FROM cairn_local.sample) AS loaded`;

/** Looks at the district from all sides. */
export const portraitOf = async (platform: Platform): Promise<Portrait> => {
  const portrait = new Map<string, unknown>();
  const ask = async (path: string): Promise<void> => {
    const paged = path.includes('/changes?') || !path.includes('/adoption');
    portrait.set(path, paged ? await askAll(platform, path) : withoutPosition(await platform.get(path)));
  };
  const lists = ['/api/districts', `${district}/initiatives`, `${district}/schools`];
  for (const path of lists) await ask(path);
  const { items: initiatives } = portrait.get(`${district}/initiatives`) as { items: { initiativeId: string }[] };
  const { items: schools } = portrait.get(`${district}/schools`) as { items: { schoolId: string }[] };
  const questions = [
    ...initiatives.flatMap(({ initiativeId }) => questionsOn(initiativeId)),
    ...schools.map(({ schoolId }) => `${district}/schools/${schoolId}/history`),
  ];
  const work = async (): Promise<void> => {
    for (let path = questions.shift(); path !== undefined; path = questions.shift()) await ask(path);
  };
  await Promise.all(Array.from({ length: askedAtOnce }, work));
  for (const row of await platform.session.query<{ stream_id: string; version: number }>(record)) {
    portrait.set(`event ${row.stream_id}, version ${row.version}`, row);
  }
  portrait.set('what consumers keep', await platform.session.query(consumed));
  return portrait;
};

/** Where two texts part, with something of what stands around it. */
const parting = (actual: string, expected: string): string => {
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 200), at + 300);
  return `\n    ${around(actual)}\n  undisturbed:\n    ${around(expected)}`;
};

/** In what two portraits differ, with both sides; empty when they are equal. */
export const differencesOf = (actual: Portrait, expected: Portrait, toldMax = 10): readonly string[] => {
  // As texts, for answers have their fields in one order.
  const text = (portrait: Portrait, what: string): string => JSON.stringify(portrait.get(what)) ?? 'nothing';
  const wrong = [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((what) => text(actual, what) !== text(expected, what))
    .map((what) => `${what}:${parting(text(actual, what), text(expected, what))}`);
  return wrong.length > toldMax ? [...wrong.slice(0, toldMax), `and ${wrong.length - toldMax} more`] : wrong;
};
