import { describe } from '@jest/globals';
import { decisionTable, givenId } from '@cairn/decider/testing';

import { evolveAdoption, initialAdoption } from './adoption.js';
import { bounds, fidelity, on, paused, resumed, started, toFull, toInitial, toInstallation, abandoned, restarted } from '../testing/adoption-fixtures.js';
import { decideAdvanceStage } from './advance-stage.slice.js';

const advance = (occurredAt: string, more: object = {}) => ({ ...bounds, occurredAt, ...more });

describe('advance stage', () => {
  decisionTable({ decide: decideAdvanceStage, evolve: evolveAdoption, initialState: initialAdoption }, [
    {
      name: 'the next stage follows, also when none is named',
      given: [started(1)],
      when: advance(on(2)),
      then: [toInstallation(2)],
    },
    {
      name: 'what has not started does not advance',
      given: [],
      when: advance(on(2)),
      rejected: { type: 'AdoptionNotStarted', occurredAt: on(2) },
    },
    {
      name: 'a fact before the start is before the start',
      given: [started(3)],
      when: advance(on(2)),
      rejected: { type: 'AdoptionNotStarted', occurredAt: on(2) },
    },
    {
      name: 'a stage is not skipped',
      given: [started(1)],
      when: advance(on(2), { to: 'initial-implementation', evidence: 'seen' }),
      rejected: { type: 'StageSkipped', from: 'exploration', to: 'initial-implementation', next: 'installation' },
    },
    {
      name: 'an advance leads to a later stage',
      given: [started(1), toInstallation(2)],
      when: advance(on(3), { to: 'exploration' }),
      rejected: { type: 'StageNotLater', from: 'installation', to: 'exploration' },
    },
    {
      name: 'Initial Implementation needs evidence',
      given: [started(1), toInstallation(2)],
      when: advance(on(3)),
      rejected: { type: 'EvidenceMissing', to: 'initial-implementation' },
    },
    {
      name: 'Initial Implementation follows with evidence',
      given: [started(1), toInstallation(2)],
      when: advance(on(4), { evidence: 'seen in two rooms' }),
      then: [toInitial(4)],
    },
    {
      name: 'Full Implementation needs fidelity in two windows, not twice in one',
      given: [started(1), toInstallation(2), toInitial(4), fidelity(5, 0.8, 'spring'), fidelity(6, 0.9, 'Spring ')],
      when: advance(on(9)),
      rejected: {
        type: 'FidelityMissing',
        cut: 0.7,
        windows: [
          { window: 'spring', score: 0.8 },
          { window: 'Spring ', score: 0.9 },
        ],
      },
    },
    {
      name: 'a score below the cut is no window',
      given: [started(1), toInstallation(2), toInitial(4), fidelity(5, 0.8, 'spring'), fidelity(9, 0.69, 'fall')],
      when: advance(on(10)),
      rejected: {
        type: 'FidelityMissing',
        cut: 0.7,
        windows: [
          { window: 'spring', score: 0.8 },
          { window: 'fall', score: 0.69 },
        ],
      },
    },
    {
      name: 'Full Implementation follows with fidelity at the cut in two windows',
      given: [started(1), toInstallation(2), toInitial(4), fidelity(5, 0.7, 'spring'), fidelity(9, 0.7, 'fall')],
      when: advance(on(10)),
      then: [toFull(10)],
    },
    {
      name: 'fidelity before an abandonment proves nothing after the restart',
      given: [
        started(1),
        fidelity(2, 0.9, 'winter'),
        fidelity(3, 0.9, 'spring'),
        abandoned(4),
        restarted(5),
        toInstallation(6),
        toInitial(7),
      ],
      when: advance(on(8)),
      rejected: { type: 'FidelityMissing', cut: 0.7, windows: [] },
    },
    {
      name: 'there is no stage after the last',
      given: [started(1), toInstallation(2), toInitial(4), fidelity(5, 0.7, 'spring'), fidelity(9, 0.7, 'fall'), toFull(10)],
      when: advance(on(11)),
      rejected: { type: 'NoStageAfterLast', stage: 'full-implementation' },
    },
    {
      name: 'a paused adoption does not move',
      given: [started(1), paused(2)],
      when: advance(on(3)),
      rejected: { type: 'AdoptionPaused', since: on(2) },
    },
    {
      name: 'a late fact is accepted where it leaves what follows lawful',
      given: [started(1), paused(3), resumed(5)],
      when: advance(on(2)),
      then: [toInstallation(2)],
    },
    {
      name: 'a late fact that a later one cannot follow is refused, and names it',
      given: [started(1), toInstallation(3)],
      when: advance(on(2)),
      rejected: { type: 'LaterFactBroken', eventId: givenId(2), fact: 'advanced', occurredAt: on(3), rule: 'StageNotLater' },
    },
    {
      name: 'nothing is dated in the future',
      given: [started(1)],
      when: { ...advance(on(3)), now: on(2) },
      rejected: { type: 'FactInFuture', occurredAt: on(3), now: on(2) },
    },
    {
      name: 'nothing happened before the school opened',
      given: [started(1)],
      when: { ...advance(on(2)), school: { openedAt: on(3) } },
      rejected: { type: 'FactBeforeSchoolOpened', occurredAt: on(2), openedAt: on(3) },
    },
    {
      name: 'nothing happened after the school closed',
      given: [started(1)],
      when: { ...advance(on(4)), school: { openedAt: on(1), closedAt: on(3) } },
      rejected: { type: 'FactAfterSchoolClosed', occurredAt: on(4), closedAt: on(3) },
    },
  ]);
});
