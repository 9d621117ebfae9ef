import type { Stage } from '@cairn/contracts';
import { describe } from '@jest/globals';
import { decisionTable, givenId } from '@cairn/decider/testing';

import { evolveAdoption, initialAdoption } from './adoption.js';
import { bounds, corrected, fidelity, history, on, started, toInstallation, withdrawn } from '../testing/adoption-fixtures.js';
import { decideCorrectFact } from './correct-fact.slice.js';

const correct = (correctsEventId: string, values: { readonly occurredAt?: string; readonly to?: Stage; readonly score?: number }) => ({
  ...bounds,
  occurredAt: bounds.now,
  correctsEventId,
  reason: 'typed wrongly',
  correctsTime: values.occurredAt !== undefined,
  ...values,
});

const withdraw = (correctsEventId: string) => ({ ...correct(correctsEventId, {}), withdrawn: true as const, reason: 'another school' });

describe('correct fact', () => {
  decisionTable({ decide: decideCorrectFact, evolve: evolveAdoption, initialState: initialAdoption }, [
    {
      name: 'the time of a fact is corrected',
      given: history,
      when: correct(givenId(2), { occurredAt: on(3) }),
      then: [corrected(givenId(2), on(3), { occurredAt: on(3) })],
    },
    {
      name: 'a score is corrected and keeps its time',
      given: [started(1), fidelity(2, 0.4, 'winter')],
      when: correct(givenId(2), { score: 0.8 }),
      then: [corrected(givenId(2), on(2), { score: 0.8 })],
    },
    {
      name: 'a correction that would make a later fact unlawful is refused, and names it',
      given: history,
      when: correct(givenId(1), { occurredAt: on(3) }),
      rejected: { type: 'LaterFactBroken', eventId: givenId(2), fact: 'advanced', occurredAt: on(2), rule: 'AdoptionNotStarted' },
    },
    {
      name: 'a fact that would itself become unlawful is refused by its rule',
      given: history,
      when: correct(givenId(2), { to: 'full-implementation' }),
      rejected: { type: 'StageSkipped', from: 'exploration', to: 'full-implementation', next: 'installation' },
    },
    {
      name: 'a last fact is withdrawn',
      given: [started(1), toInstallation(2)],
      when: withdraw(givenId(2)),
      then: [withdrawn(givenId(2), on(2))],
    },
    {
      name: 'a fact that others rest on is not withdrawn',
      given: history,
      when: withdraw(givenId(2)),
      rejected: { type: 'LaterFactBroken', eventId: givenId(3), fact: 'advanced', occurredAt: on(4), rule: 'StageSkipped' },
    },
    {
      name: 'what was corrected no longer stands; the refusal names what does',
      given: [started(1), fidelity(2, 0.4, 'winter'), corrected(givenId(2), on(2), { score: 0.8 })],
      when: correct(givenId(2), { score: 0.9 }),
      rejected: { type: 'FactNoLongerStands', correctsEventId: givenId(2), newestEventId: givenId(3) },
    },
    {
      name: 'a correction is corrected',
      given: [started(1), fidelity(2, 0.4, 'winter'), corrected(givenId(2), on(2), { score: 0.8 })],
      when: correct(givenId(3), { score: 0.9 }),
      then: [corrected(givenId(3), on(2), { score: 0.9 })],
    },
    {
      name: 'withdrawing a correction lets its predecessor stand again',
      given: [
        started(1),
        fidelity(2, 0.4, 'winter'),
        corrected(givenId(2), on(2), { score: 0.8 }),
        withdrawn(givenId(3), on(2)),
      ],
      when: correct(givenId(2), { score: 0.5 }),
      then: [corrected(givenId(2), on(2), { score: 0.5 })],
    },
    {
      name: 'a withdrawn fact stands again when its withdrawal is withdrawn',
      given: [started(1), toInstallation(2), withdrawn(givenId(2), on(2))],
      when: withdraw(givenId(3)),
      then: [withdrawn(givenId(3), on(2))],
    },
    {
      name: 'values given over a withdrawal let the fact hold again, as corrected',
      given: [started(1), toInstallation(2), withdrawn(givenId(2), on(2))],
      when: correct(givenId(3), { occurredAt: on(3) }),
      then: [corrected(givenId(3), on(3), { occurredAt: on(3) })],
    },
    {
      name: 'a withdrawal takes no values',
      given: [started(1), fidelity(2, 0.4, 'winter')],
      when: { ...withdraw(givenId(2)), score: 0.8 },
      rejected: { type: 'WithdrawalWithValues', members: ['score'] },
    },
    {
      name: 'an event of another stream is unknown here',
      given: history,
      when: correct('11111111-1111-4111-8111-111111111111', { occurredAt: on(3) }),
      rejected: { type: 'FactUnknown', correctsEventId: '11111111-1111-4111-8111-111111111111' },
    },
    {
      name: 'a fact has only its own values',
      given: history,
      when: correct(givenId(1), { score: 0.3 }),
      rejected: { type: 'CorrectionForeign', fact: 'started', members: ['score'] },
    },
    {
      name: 'a correction changes something',
      given: history,
      when: correct(givenId(2), { occurredAt: on(2) }),
      rejected: { type: 'CorrectionEmpty' },
    },
    {
      name: 'a corrected time lies in the past',
      given: history,
      when: { ...correct(givenId(3), { occurredAt: on(6) }), now: on(5) },
      rejected: { type: 'FactInFuture', occurredAt: on(6), now: on(5) },
    },
  ]);
});

