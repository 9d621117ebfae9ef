import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { stages } from './stage.js';
import { emptyTimeline, newestOf, notStarted, record, standingFacts, stateAt, stateIntervals } from './timeline.js';
import type { FactKind, FactValues, Timeline, TimelineEntry } from './timeline.js';

const kinds: readonly FactKind[] = [
  'started', 'advanced', 'regressed', 'overridden', 'paused', 'resumed', 'abandoned', 'restarted', 'fidelity-recorded',
];
const day = (n: number): string => new Date(Date.UTC(2024, 0, n)).toISOString();
const probes = Array.from({ length: 45 }, (_, n) => day(n - 2));

/** A fact and what is later said about it. */
interface Story {
  readonly kind: FactKind;
  readonly first: Partial<FactValues>;
  readonly later: readonly { readonly withdrawn: boolean; readonly values: Partial<FactValues> }[];
}

const valuesArb: fc.Arbitrary<Partial<FactValues>> = fc.record(
  { occurredAt: fc.integer({ min: 1, max: 40 }).map(day), to: fc.constantFrom(...stages) },
  { requiredKeys: [] },
);
const storyArb = (kind: FactKind): fc.Arbitrary<Story> =>
  fc.record({
    kind: fc.constant(kind),
    first: valuesArb,
    later: fc.array(fc.record({ withdrawn: fc.boolean(), values: valuesArb }), { maxLength: 3 }),
  });
const storiesArb = fc
  .array(fc.constantFrom(...kinds).chain(storyArb), { maxLength: 8 })
  .chain((rest) => storyArb('started').map((first) => [first, ...rest]));

const idOf = (story: number, step: number): string => `${story}.${step}`;

/** Records the stories in the order of `turns`: each turn is the next record of the story that it names. */
const tell = (stories: readonly Story[], turns: readonly number[]): Timeline => {
  const told = stories.map(() => 0);
  return turns.reduce<Timeline>((timeline, turn, index) => {
    const story = stories[turn];
    const step = told[turn] ?? 0;
    if (!story) return timeline;
    told[turn] = step + 1;
    const recorded = { eventId: idOf(turn, step), version: index + 1 };
    const said = story.later[step - 1];
    if (!said) {
      return record(timeline, { entry: 'fact', kind: story.kind, occurredAt: day(turn + 1), ...story.first, ...recorded });
    }
    const chain = timeline.find(({ fact }) => fact.eventId === idOf(turn, 0));
    const entry: TimelineEntry = {
      entry: said.withdrawn ? 'withdrawal' : 'correction',
      correctsEventId: chain ? newestOf(chain) : '',
      corrected: said.withdrawn ? {} : said.values,
      ...recorded,
    };
    return record(timeline, entry);
  }, emptyTimeline);
};

/** Every story told to its end, in an order that may be any. */
const turnsOf = (stories: readonly Story[]): readonly number[] =>
  stories.flatMap((story, index) => [index, ...story.later.map(() => index)]);
const toldArb = storiesArb.chain((stories) => {
  const turns = [...turnsOf(stories)];
  return fc.record({ stories: fc.constant(stories), turns: fc.shuffledSubarray(turns, { minLength: turns.length }) });
});

const timelineArb = toldArb.map(({ stories, turns }) => tell(stories, turns));

/** Facts of one instant are ordered by their recording, so only facts of different instants can be told in any order. */
const distinct = (timeline: Timeline): boolean => {
  const instants = standingFacts(timeline).map(({ occurredAt }) => occurredAt);
  return new Set(instants).size === instants.length;
};

describe('the timeline law', () => {
  test('any order of recording ends in the same timeline', () => {
    fc.assert(
      fc.property(toldArb, ({ stories, turns }) => {
        const inOrder = tell(stories, turnsOf(stories));
        fc.pre(distinct(inOrder));
        const unversioned = (timeline: Timeline) => standingFacts(timeline).map(({ version: _version, ...fact }) => fact);
        const told = tell(stories, turns);
        expect(unversioned(told)).toEqual(unversioned(inOrder));
        expect(stateIntervals(told)).toEqual(stateIntervals(inOrder));
      }),
      { numRuns: 500 },
    );
  });

  test('a record that is withdrawn at once leaves what stood before it', () => {
    fc.assert(
      fc.property(timelineArb, fc.nat(), valuesArb, (timeline, pick, corrected) => {
        const chain = timeline[pick % timeline.length];
        fc.pre(chain !== undefined);
        const named = { version: 90, eventId: 'correction', correctsEventId: chain ? newestOf(chain) : '' };
        const changed = record(timeline, { entry: 'correction', corrected, ...named });
        const back = record(changed, { entry: 'withdrawal', eventId: 'back', version: 91, correctsEventId: 'correction', corrected: {} });
        expect(back).toEqual(timeline);
      }),
    );
  });

  test('intervals are without gap or overlap, none is empty, and the last is open', () => {
    fc.assert(
      fc.property(timelineArb, (timeline) => {
        const intervals = stateIntervals(timeline);
        intervals.forEach((interval, index) => {
          expect(interval.to).toBe(intervals[index + 1]?.from);
          if (interval.to !== undefined) expect(interval.from < interval.to).toBe(true);
        });
      }),
    );
  });

  test('the state at any instant is that of the interval it lies in', () => {
    fc.assert(
      fc.property(timelineArb, (timeline) => {
        const intervals = stateIntervals(timeline);
        for (const probe of probes) {
          const found = intervals.find(({ from, to }) => from <= probe && (to === undefined || probe < to));
          expect(found?.state ?? notStarted).toEqual(stateAt(timeline, probe));
        }
      }),
    );
  });
});
