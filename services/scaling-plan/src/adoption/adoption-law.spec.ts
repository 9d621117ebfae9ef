import { emptyTimeline, stages, standingFacts } from '@cairn/contracts';
import { fold } from '@cairn/decider';
import { recordedAsGiven } from '@cairn/decider/testing';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { AdoptionEvent, SchoolAdoption } from './adoption.js';
import { evolveAdoption, initialAdoption } from './adoption.js';
import { about, bounds } from '../testing/adoption-fixtures.js';
import { acceptIfLegal, firstBroken } from './adoption-law.js';

const day = (n: number): string => new Date(Date.UTC(2025, 0, 1 + n)).toISOString();
const stage = fc.constantFrom(...stages);
const note = { ...about, reason: 'why', evidence: 'seen' };

/** Any fact at any of 40 days: lawful or not is for the law to say. */
const anyFact: fc.Arbitrary<AdoptionEvent> = fc
  .record({ at: fc.nat(39), to: stage, from: stage, score: fc.double({ min: 0, max: 1, noNaN: true }), window: fc.constantFrom('fall', 'spring') })
  .chain(({ at, to, from, score, window }) => {
    const occurredAt = day(at);
    return fc.constantFrom<AdoptionEvent>(
      { type: 'AdoptionStarted', occurredAt, data: note },
      { type: 'StageAdvanced', occurredAt, data: { ...note, from, to } },
      { type: 'StageRegressed', occurredAt, data: { ...note, from, to } },
      { type: 'StageOverridden', occurredAt, data: { ...note, from, to } },
      { type: 'AdoptionPaused', occurredAt, data: note },
      { type: 'AdoptionResumed', occurredAt, data: note },
      { type: 'AdoptionAbandoned', occurredAt, data: note },
      { type: 'AdoptionRestarted', occurredAt, data: note },
      { type: 'FidelityRecorded', occurredAt, data: { ...note, score, window } },
    );
  });

/** Offers facts in an order; what the law refuses is left out, what it accepts is recorded. */
const offer = (facts: readonly AdoptionEvent[]): { readonly adoption: SchoolAdoption; readonly accepted: AdoptionEvent[] } => {
  const accepted: AdoptionEvent[] = [];
  for (const fact of facts) {
    const adoption = fold(evolveAdoption, initialAdoption, recordedAsGiven(accepted));
    const decision = acceptIfLegal(adoption, fact, { ...bounds, occurredAt: fact.occurredAt });
    if (decision.outcome === 'accepted') accepted.push(fact);
  }
  return { accepted, adoption: fold(evolveAdoption, initialAdoption, recordedAsGiven(accepted)) };
};

const told = (adoption: SchoolAdoption) =>
  standingFacts(adoption.timeline).map(({ kind, occurredAt, to, score, window }) => ({ kind, occurredAt, to, score, window }));

describe('the law of the adoption timeline', () => {
  test('an empty timeline is lawful', () => {
    expect(firstBroken(emptyTimeline, 0.7)).toBeUndefined();
  });

  test('whatever is offered, what stands is lawful at every point', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
        expect(firstBroken(offer(facts).adoption.timeline, bounds.fidelityCut)).toBeUndefined();
      }),
    );
  });

  test('any order of recording that the rules allow ends in the same timeline', () => {
    const ofDifferentDays = fc.uniqueArray(anyFact, { maxLength: 12, selector: ({ occurredAt }) => occurredAt });
    fc.assert(
      fc.property(ofDifferentDays, fc.infiniteStream(fc.nat()), (facts, chance) => {
        const { accepted, adoption } = offer([...facts].sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1)));
        const shuffled = [...accepted]
          .map((fact) => ({ fact, by: chance.next().value as number }))
          .sort((a, b) => a.by - b.by)
          .map(({ fact }) => fact);
        const again = offer(shuffled);
        fc.pre(again.accepted.length === accepted.length);
        expect(told(again.adoption)).toEqual(told(adoption));
      }),
      { numRuns: 300 },
    );
  });
});
