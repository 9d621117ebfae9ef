import { describe } from '@jest/globals';
import { decisionTable, givenId } from '@cairn/decider/testing';

import { evolveAdoption, initialAdoption } from './adoption.js';
import { about, bounds, history, on, paused, started, toInstallation } from '../testing/adoption-fixtures.js';
import { decideOverrideStage } from './override-stage.slice.js';
import { decideRecordFidelity } from './record-fidelity.slice.js';
import { decideRegressStage } from './regress-stage.slice.js';

const at = <More extends object>(month: number, more?: More) => ({ ...bounds, occurredAt: on(month), ...(more as More) });
const stream = { evolve: evolveAdoption, initialState: initialAdoption };

describe('regress stage', () => {
  decisionTable({ decide: decideRegressStage, ...stream }, [
    {
      name: 'a school falls back by one stage when none is named',
      given: history,
      when: at(5, { reason: 'principal left' }),
      then: [
        {
          type: 'StageRegressed',
          occurredAt: on(5),
          data: { ...about, from: 'initial-implementation', to: 'installation', reason: 'principal left' },
        },
      ],
    },
    {
      name: 'a school falls back by several stages when one is named',
      given: history,
      when: at(5, { reason: 'principal left', to: 'exploration' }),
      then: [
        {
          type: 'StageRegressed',
          occurredAt: on(5),
          data: { ...about, from: 'initial-implementation', to: 'exploration', reason: 'principal left' },
        },
      ],
    },
    { name: 'it owes a reason', given: history, when: at(5), rejected: { type: 'ReasonMissing', fact: 'regressed' } },
    {
      name: 'back means to an earlier stage',
      given: [started(1), toInstallation(2)],
      when: at(5, { reason: 'why', to: 'installation' }),
      rejected: { type: 'StageNotEarlier', from: 'installation', to: 'installation' },
    },
    {
      name: 'there is nothing before the first stage',
      given: [started(1)],
      when: at(5, { reason: 'why' }),
      rejected: { type: 'NoStageBeforeFirst', stage: 'exploration' },
    },
    {
      name: 'what has not started cannot fall back',
      given: [],
      when: at(5, { reason: 'why' }),
      rejected: { type: 'AdoptionNotStarted', occurredAt: on(5) },
    },
    {
      name: 'a paused adoption does not move',
      given: [started(1), toInstallation(2), paused(3)],
      when: at(5, { reason: 'why' }),
      rejected: { type: 'AdoptionPaused', since: on(3) },
    },
    {
      name: 'a late step back that would turn a later advance into a skip is refused',
      given: [started(1), toInstallation(2), ...history.slice(2)],
      when: at(3, { reason: 'why' }),
      rejected: { type: 'LaterFactBroken', eventId: givenId(3), fact: 'advanced', occurredAt: on(4), rule: 'StageSkipped' },
    },
  ]);
});

describe('override stage', () => {
  decisionTable({ decide: decideOverrideStage, ...stream }, [
    {
      name: 'stages are skipped with a reason',
      given: [started(1)],
      when: at(2, { to: 'full-implementation', reason: 'came with a principal who had done it before' }),
      then: [
        {
          type: 'StageOverridden',
          occurredAt: on(2),
          data: {
            ...about,
            from: 'exploration',
            to: 'full-implementation',
            reason: 'came with a principal who had done it before',
          },
        },
      ],
    },
    {
      name: 'it owes a reason',
      given: [started(1)],
      when: at(2, { to: 'full-implementation' }),
      rejected: { type: 'ReasonMissing', fact: 'overridden' },
    },
    {
      name: 'it changes the stage',
      given: [started(1)],
      when: at(2, { to: 'exploration', reason: 'why' }),
      rejected: { type: 'StageUnchanged', stage: 'exploration' },
    },
    {
      name: 'what has not started has no stage to override',
      given: [],
      when: at(2, { to: 'installation', reason: 'why' }),
      rejected: { type: 'AdoptionNotStarted', occurredAt: on(2) },
    },
  ]);
});

describe('record fidelity', () => {
  const measured = (month: number) => ({ ...bounds, occurredAt: on(month), score: 0.6, window: 'spring 2025' });
  decisionTable({ decide: decideRecordFidelity, ...stream }, [
    {
      name: 'fidelity is measured at any stage, in a pause too',
      given: [started(1), paused(2)],
      when: measured(3),
      then: [{ type: 'FidelityRecorded', occurredAt: on(3), data: { ...about, score: 0.6, window: 'spring 2025' } }],
    },
    {
      name: 'what has not started is not measured',
      given: [],
      when: measured(3),
      rejected: { type: 'AdoptionNotStarted', occurredAt: on(3) },
    },
  ]);
});
