import { describe, expect, test } from '@jest/globals';

import {
  chainOf,
  emptyTimeline,
  newestOf,
  notStarted,
  record,
  standingFacts,
  stateAt,
  stateIntervals,
} from './timeline.js';
import type { FactKind, FactValues, RecordedCorrection, RecordedFact, Timeline, TimelineEntry } from './timeline.js';

const day = (n: number): string => new Date(Date.UTC(2024, 8, n, 5)).toISOString();

const fact = (version: number, kind: FactKind, occurredAt: string, values: Partial<FactValues> = {}): RecordedFact => ({
  entry: 'fact', eventId: `event-${version}`, version, kind, occurredAt, ...values,
});

const over = (
  version: number,
  entry: RecordedCorrection['entry'],
  corrects: number,
  corrected: Partial<FactValues> = {},
): RecordedCorrection => ({ entry, eventId: `event-${version}`, version, correctsEventId: `event-${corrects}`, corrected });

const timelineOf = (...entries: readonly TimelineEntry[]): Timeline => entries.reduce(record, emptyTimeline);

const started = fact(1, 'started', day(1));
const installed = fact(2, 'advanced', day(10), { to: 'installation' });

describe('the state at an instant', () => {
  const exploring = { status: 'active', stage: 'exploration', stageSince: day(1), statusSince: day(1), eventId: 'event-1' };
  const inInstallation = { ...exploring, stage: 'installation', stageSince: day(10), eventId: 'event-2' };

  test.each([
    ['before the first fact', timelineOf(started), day(0), notStarted],
    ['at the instant of a fact', timelineOf(started), day(1), exploring],
    ['the millisecond before a fact', timelineOf(started, installed), new Date(Date.parse(day(10)) - 1).toISOString(), exploring],
    ['after a stage was reached', timelineOf(started, installed), day(11), inInstallation],
    ['fidelity changes no state', timelineOf(started, fact(2, 'fidelity-recorded', day(9), { score: 0.8 })), day(11), exploring],
    [
      'a pause keeps the stage',
      timelineOf(started, installed, fact(3, 'paused', day(12), { reason: 'testing' })),
      day(13),
      { ...inInstallation, status: 'paused', statusSince: day(12), eventId: 'event-3' },
    ],
    [
      'a resumed adoption is active again',
      timelineOf(started, fact(2, 'paused', day(2)), fact(3, 'resumed', day(3))),
      day(4),
      { ...exploring, statusSince: day(3), eventId: 'event-3' },
    ],
    [
      'a restart begins with exploration',
      timelineOf(started, installed, fact(3, 'abandoned', day(12)), fact(4, 'restarted', day(20))),
      day(21),
      { status: 'active', stage: 'exploration', stageSince: day(20), statusSince: day(20), eventId: 'event-4' },
    ],
    [
      'of two facts of one instant, the one recorded later comes later',
      timelineOf(started, installed, fact(3, 'regressed', day(10), { to: 'exploration' })),
      day(10),
      { ...exploring, stageSince: day(10), eventId: 'event-3' },
    ],
    ['a late fact takes its place', timelineOf(fact(1, 'advanced', day(10), { to: 'installation' }), fact(2, 'started', day(1))), day(11), {
      ...exploring, stage: 'installation', statusSince: day(1), stageSince: day(10), eventId: 'event-1',
    }],
    ['facts before the start say nothing', timelineOf(fact(1, 'paused', day(3)), fact(2, 'started', day(5))), day(4), notStarted],
  ])('%s', (_name, timeline, instant, expected) => {
    expect(stateAt(timeline, instant)).toEqual(expected);
  });
});

describe('a correction', () => {
  const corrected = over(3, 'correction', 2, { occurredAt: day(15) });

  test('gives a fact other values, and leaves the others as they stood', () => {
    const [, fixed] = standingFacts(timelineOf(started, installed, corrected));
    expect(fixed).toEqual({ eventId: 'event-3', version: 2, kind: 'advanced', occurredAt: day(15), to: 'installation' });
  });

  test('of a correction goes on from what stood', () => {
    const again = over(4, 'correction', 3, { to: 'initial-implementation' });
    expect(standingFacts(timelineOf(started, installed, corrected, again))[1]).toMatchObject({
      eventId: 'event-4', occurredAt: day(15), to: 'initial-implementation',
    });
  });

  test('does not change a value that it leaves undefined', () => {
    const [, fixed] = standingFacts(timelineOf(started, installed, over(3, 'correction', 2, { to: undefined, score: 0.5 })));
    expect(fixed).toMatchObject({ to: 'installation', score: 0.5 });
  });

  test('that is withdrawn lets its predecessor stand again', () => {
    const timeline = timelineOf(started, installed, corrected, over(4, 'withdrawal', 3));
    expect(standingFacts(timeline)).toEqual(standingFacts(timelineOf(started, installed)));
    expect(chainOf(timeline, 'event-2')).toBeDefined();
    expect(chainOf(timeline, 'event-3')).toBeUndefined();
  });

  test('names the newest of its chain; one that names another changes nothing', () => {
    const timeline = timelineOf(started, installed, corrected);
    expect(timeline.map(newestOf)).toEqual(['event-1', 'event-3']);
    expect(standingFacts(record(timeline, over(4, 'correction', 2, { occurredAt: day(20) })))).toEqual(standingFacts(timeline));
  });
});

describe('a withdrawal', () => {
  const withdrawn = timelineOf(started, installed, over(3, 'withdrawal', 2));

  test('takes the fact out of the timeline', () => {
    expect(standingFacts(withdrawn).map(({ eventId }) => eventId)).toEqual(['event-1']);
    expect(stateAt(withdrawn, day(11))).toMatchObject({ stage: 'exploration' });
  });

  test('that is withdrawn itself lets the fact stand again', () => {
    const timeline = record(withdrawn, over(4, 'withdrawal', 3));
    expect(standingFacts(timeline)).toEqual(standingFacts(timelineOf(started, installed)));
  });
});

describe('the intervals of a timeline', () => {
  test('follow each other, and the last is open', () => {
    const intervals = stateIntervals(timelineOf(started, installed, fact(3, 'paused', day(12))));
    expect(intervals.map(({ from, to, state }) => [from, to, state.stage, state.status])).toEqual([
      [day(1), day(10), 'exploration', 'active'],
      [day(10), day(12), 'installation', 'active'],
      [day(12), undefined, 'installation', 'paused'],
    ]);
  });

  test('have no stretch for a state that another fact of the same instant ends', () => {
    const intervals = stateIntervals(timelineOf(started, fact(2, 'advanced', day(1), { to: 'installation' })));
    expect(intervals).toHaveLength(1);
    expect(intervals[0]).toMatchObject({ from: day(1), to: undefined, state: { stage: 'installation' } });
  });

  test('of a timeline without a start are none', () => {
    expect(stateIntervals(emptyTimeline)).toEqual([]);
    expect(stateIntervals(timelineOf(fact(1, 'paused', day(2))))).toEqual([]);
  });
});
