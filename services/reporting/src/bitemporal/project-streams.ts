import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

import { readStreams } from '../log/read-log.js';
import type { ReceivedEvent } from '../log/received-event.js';
import type { RectangleTable, SubjectChange, Values } from './rectangle-table.js';
import { learn } from './rectangles.js';
import type { Stretch } from './rectangles.js';

/** How the rectangles of a table follow from streams: each stream tells of one subject. */
export interface StreamReading<Event, State> {
  /** The event in the words of the read model, or undefined when it says nothing there. */
  readonly read: (event: AnyPublicEvent) => Event | undefined;
  readonly keyOf: (event: Event) => Values;
  /** What is known once these events are: the stretches of the subject. */
  readonly stretchesOf: (events: readonly Event[]) => readonly Stretch<State>[];
}

interface Told<Event> extends ReceivedEvent {
  readonly told: Event;
}

const changeOf = <Event, State>(
  reading: StreamReading<Event, State>,
  history: readonly Told<Event>[],
  before: number,
): SubjectChange<State> | undefined => {
  const [first] = history;
  if (!first) return undefined;
  const knownBefore = history.filter(({ logPosition }) => logPosition <= before);
  const stretchesUpTo = (count: number) => reading.stretchesOf(history.slice(0, count).map(({ told }) => told));
  const steps = history.slice(knownBefore.length).map(({ event, logPosition }, index) => ({
    knowledge: { at: event.recordedat, logPosition },
    stretches: stretchesUpTo(knownBefore.length + index + 1),
  }));
  return { key: reading.keyOf(first.told), change: learn(stretchesUpTo(knownBefore.length), steps) };
};

/** The streams of these events, up to the last of them: as they were at hand, else out of the log. */
const historiesOf = async (
  telling: readonly ReceivedEvent[],
  session: SqlSession,
): Promise<ReadonlyMap<string, readonly ReceivedEvent[]>> => {
  const lastOf = new Map(telling.map((received) => [received.event.stream, received]));
  const atHand = [...lastOf].flatMap(([stream, { history }]) => (history === undefined ? [] : [[stream, history] as const]));
  const missing = [...lastOf].flatMap(([stream, { history }]) => (history === undefined ? [stream] : []));
  const upTo = telling.at(-1)?.logPosition;
  if (missing.length === 0 || upTo === undefined) return new Map(atHand);
  return new Map([...atHand, ...(await readStreams(session, missing, upTo))]);
};

/**
 * Puts a batch of the log into a rectangle table: folds the streams that it touches anew, out of the log itself, and
 * writes what that changes. The table holds nothing that the log does not say, whatever the size of the batches.
 */
export const projectStreams = async <Event, State>(
  table: RectangleTable<State>,
  reading: StreamReading<Event, State>,
  batch: readonly ReceivedEvent[],
  session: SqlSession,
): Promise<void> => {
  const telling = batch.filter(({ event }) => reading.read(event) !== undefined);
  const [first] = telling;
  if (!first) return;
  const histories = await historiesOf(telling, session);
  const changes = [...histories.values()].flatMap((history) => {
    const told = history.flatMap(({ event, logPosition }) => {
      const read = reading.read(event);
      return read === undefined ? [] : [{ event, logPosition, told: read }];
    });
    return changeOf(reading, told, first.logPosition - 1) ?? [];
  });
  table.write(session, changes);
};
