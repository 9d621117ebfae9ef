import { EventIdConflictError } from './errors.js';
import type { RecordedEvent } from './event.js';
import type { Appended } from './event-store.js';
import { canonicalJson, contentOf } from './hash-chain.js';
import type { CheckedAppend } from './validate-append.js';

/**
 * The old answer to an append that was stored before, or undefined when none of its ids stands in the stream.
 * It is the same append when each event is there with the same content, one after the other.
 * @param stored the events of the stream that bear one of the ids.
 * @throws EventIdConflictError naming the first event that differs.
 */
export const repeatedAppend = (append: CheckedAppend, stored: readonly RecordedEvent[]): Appended | undefined => {
  if (stored.length === 0) return undefined;
  const byId = new Map(stored.map((event) => [event.id, event]));
  const known = append.events.find(({ event }) => byId.has(event.id));
  const first = known && byId.get(known.event.id);
  if (!first) return undefined;
  const events = append.events.map(({ event, dataText }, index) => {
    const before = byId.get(event.id);
    // An id that is new among old ones: this is not the append that was stored, and its old part stands already.
    if (!before) throw new EventIdConflictError(append.stream, first.id);
    const inPlace = before.version === first.version + index;
    const same = contentOf(before, canonicalJson(before.data)) === contentOf(event, dataText);
    if (!inPlace || !same) throw new EventIdConflictError(append.stream, event.id);
    return before;
  });
  return answerOf(append.stream, events);
};

/** What an append answers, from the events it stored. */
export const answerOf = (stream: string, events: readonly RecordedEvent[]): Appended => {
  const last = events.at(-1);
  if (!last) throw new Error(`An append to ${stream} stored nothing`);
  return { stream, version: last.version, position: last.position, events };
};
