import {
  chainOf,
  emptyTimeline,
  factKinds,
  newestOf,
  record,
  standingFacts,
  standingIn,
  stateAt,
  type AdoptionState,
  type FactChain,
  type FactKind,
  type FactValues,
  type StandingFact,
  type Timeline,
  type TimelineEntry,
} from '@cairn/contracts';

import type { HistoryItem } from '../../api/types.js';

/** Facts of an adoption by the type of their event; other events of a school's history are none. */
const kinds: Readonly<Record<string, FactKind | undefined>> = factKinds;

const entryOf = (item: HistoryItem): TimelineEntry | undefined => {
  const { eventId, version, data } = item;
  const kind = kinds[item.type];
  if (kind) {
    const { to, reason, evidence, score, window } = data as Partial<FactValues>;
    return { entry: 'fact', eventId, version, kind, occurredAt: item.occurredAt, to, reason, evidence, score, window };
  }
  const correctsEventId = item.corrects ?? (data['correctsEventId'] as string | undefined);
  if (!correctsEventId) return undefined;
  if (item.type === 'org.cairn.adoption.fact-withdrawn.v1') return { entry: 'withdrawal', eventId, version, correctsEventId, corrected: {} };
  if (item.type !== 'org.cairn.adoption.fact-corrected.v1') return undefined;
  return { entry: 'correction', eventId, version, correctsEventId, corrected: (data['corrected'] ?? {}) as Partial<FactValues> };
};

/** Something recorded over a fact. `undone`: a later withdrawal took it back; `undoes`: what kind of record it takes back itself. */
export interface Over {
  readonly item: HistoryItem;
  readonly entry: TimelineEntry;
  readonly undone: boolean;
  readonly undoes: 'correction' | 'withdrawal' | undefined;
}

/** A line of the page: a fact with everything that was recorded over it, or something the roster said. */
export interface Line {
  readonly item: HistoryItem;
  readonly kind: FactKind | undefined;
  /** The fact as it stands, undefined when it was withdrawn or is no adoption fact. */
  readonly standing: StandingFact | undefined;
  /** Corrections and withdrawals of this fact, by recording. */
  readonly over: readonly Over[];
  /** The event that a further correction has to name. */
  readonly newest: string;
  /** When the line belongs in time: as it stands, else as it was recorded. */
  readonly occurredAt: string;
}

export interface InitiativeRecord {
  readonly timeline: Timeline;
  /** Events in the stream, those that are not known yet at the chosen point included: what a command has to be based on. */
  readonly version: number;
}

export interface SchoolRecord {
  readonly byInitiative: ReadonlyMap<string, InitiativeRecord>;
  readonly lines: readonly Line[];
  readonly name: string | undefined;
}

const rootOf = (id: string, correctsOf: ReadonlyMap<string, string>): string => {
  let root = id;
  for (let above = correctsOf.get(root); above !== undefined; above = correctsOf.get(root)) root = above;
  return root;
};

const lineOf = (item: HistoryItem, timeline: Timeline, corrections: readonly HistoryItem[]): Line => {
  const kind = kinds[item.type];
  const chain: FactChain | undefined = kind && timeline.find((entry) => entry.fact.eventId === item.eventId);
  const standing = chain && standingIn(chain);
  const entries = new Map(corrections.flatMap((over) => {
    const entry = entryOf(over);
    return entry ? [[over.eventId, entry] as const] : [];
  }));
  const withdrawn = new Set([...entries.values()].flatMap((entry) => (entry.entry === 'withdrawal' ? [entry.correctsEventId] : [])));
  const undoes = (entry: TimelineEntry): Over['undoes'] => {
    const above = entry.entry === 'withdrawal' ? entries.get(entry.correctsEventId) : undefined;
    return above && (above.entry === 'withdrawal' ? 'withdrawal' : 'correction');
  };
  return {
    item,
    kind,
    standing,
    over: corrections.flatMap((over) => {
      const entry = entries.get(over.eventId);
      return entry ? [{ item: over, entry, undone: withdrawn.has(over.eventId), undoes: undoes(entry) }] : [];
    }),
    newest: chain ? newestOf(chain) : item.eventId,
    occurredAt: standing?.occurredAt ?? item.occurredAt,
  };
};

/**
 * The history of a school, folded by the timeline law of the platform: what was recorded by `known` (ms since 1970), with the lines
 * that occurred by `until`, newest first.
 */
export const schoolRecord = (history: readonly HistoryItem[], until: number, known: number): SchoolRecord => {
  const knownItems = history.filter((item) => Date.parse(item.recordedAt) <= known);
  const correctsOf = new Map<string, string>();
  const byInitiative = new Map<string, InitiativeRecord>();
  for (const item of history) {
    const entry = entryOf(item);
    if (!entry || !item.initiativeId) continue;
    if (entry.entry !== 'fact') correctsOf.set(entry.eventId, entry.correctsEventId);
    const before = byInitiative.get(item.initiativeId) ?? { timeline: emptyTimeline, version: 0 };
    const isKnown = Date.parse(item.recordedAt) <= known;
    byInitiative.set(item.initiativeId, {
      timeline: isKnown ? record(before.timeline, entry) : before.timeline,
      version: Math.max(before.version, item.version),
    });
  }
  const over = new Map<string, HistoryItem[]>();
  for (const item of knownItems) {
    if (!correctsOf.has(item.eventId)) continue;
    const root = rootOf(item.eventId, correctsOf);
    over.set(root, [...(over.get(root) ?? []), item]);
  }
  const lines = knownItems
    .filter((item) => !correctsOf.has(item.eventId))
    .map((item) => lineOf(item, byInitiative.get(item.initiativeId ?? '')?.timeline ?? emptyTimeline, over.get(item.eventId) ?? []))
    .filter((line) => Date.parse(line.occurredAt) <= until)
    .map((line, index) => ({ line, index }))
    .sort((a, b) => (a.line.occurredAt === b.line.occurredAt ? b.index - a.index : a.line.occurredAt < b.line.occurredAt ? 1 : -1))
    .map(({ line }) => line);
  const named = lines.find((line) => typeof line.item.data['name'] === 'string' || line.item.type === 'org.cairn.directory.school-renamed.v1');
  return { byInitiative, lines, name: (named?.item.data['to'] ?? named?.item.data['name']) as string | undefined };
};

/** Where the adoption stood at an instant (ms since 1970), facts of that instant included. */
export const stateOf = (entry: InitiativeRecord | undefined, at: number): AdoptionState =>
  stateAt(entry?.timeline ?? emptyTimeline, new Date(at).toISOString());

/**
 * The best standing score of each window by an instant, since the adoption was started last: what was measured before an abandonment
 * proves nothing. A window counts once, however its name is capitalized.
 */
export const fidelityWindows = (entry: InitiativeRecord | undefined, at: number): ReadonlyMap<string, number> => {
  const best = new Map<string, { window: string; score: number }>();
  for (const { kind, occurredAt, window, score } of standingFacts(entry?.timeline ?? emptyTimeline)) {
    if (Date.parse(occurredAt) > at) break;
    if (kind === 'started' || kind === 'restarted') best.clear();
    if (kind !== 'fidelity-recorded' || window === undefined || score === undefined) continue;
    const name = window.trim().toLowerCase();
    if (score > (best.get(name)?.score ?? -1)) best.set(name, { window, score });
  }
  return new Map([...best.values()].map((entryOfWindow) => [entryOfWindow.window, entryOfWindow.score]));
};

/** Whether a correction may still name this event. */
export const canCorrect = (entry: InitiativeRecord | undefined, eventId: string): boolean =>
  chainOf(entry?.timeline ?? emptyTimeline, eventId) !== undefined;
