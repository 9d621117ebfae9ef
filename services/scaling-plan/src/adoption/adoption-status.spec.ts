import { describe } from '@jest/globals';
import { decisionTable, givenId } from '@cairn/decider/testing';

import { decideAbandonAdoption } from './abandon-adoption.slice.js';
import { evolveAdoption, initialAdoption } from './adoption.js';
import { abandoned, bounds, on, paused, restarted, resumed, started, toInstallation } from '../testing/adoption-fixtures.js';
import { decidePauseAdoption } from './pause-adoption.slice.js';
import { decideRestartAdoption } from './restart-adoption.slice.js';
import { decideResumeAdoption } from './resume-adoption.slice.js';
import { decideStartAdoption } from './start-adoption.slice.js';

const at = (month: number) => ({ ...bounds, occurredAt: on(month) });
const because = (month: number, reason: string) => ({ ...at(month), reason });
const stream = { evolve: evolveAdoption, initialState: initialAdoption };

describe('start adoption', () => {
  decisionTable({ decide: decideStartAdoption, ...stream }, [
    { name: 'a school starts once', given: [], when: at(1), then: [started(1)] },
    {
      name: 'a school does not start twice',
      given: [started(1)],
      when: at(2),
      rejected: { type: 'AdoptionAlreadyStarted', stage: 'exploration' },
    },
    {
      name: 'a start before the start leaves two starts, and names the second',
      given: [started(2)],
      when: at(1),
      rejected: { type: 'LaterFactBroken', eventId: givenId(1), fact: 'started', occurredAt: on(2), rule: 'AdoptionAlreadyStarted' },
    },
  ]);
});

describe('pause adoption', () => {
  decisionTable({ decide: decidePauseAdoption, ...stream }, [
    { name: 'an active adoption rests', given: [started(1)], when: because(2, 'new principal'), then: [paused(2)] },
    { name: 'it owes a reason', given: [started(1)], when: at(2), rejected: { type: 'ReasonMissing', fact: 'paused' } },
    {
      name: 'what rests does not rest again',
      given: [started(1), paused(2)],
      when: because(3, 'again'),
      rejected: { type: 'AdoptionPaused', since: on(2) },
    },
    {
      name: 'what was abandoned does not rest',
      given: [started(1), abandoned(2)],
      when: because(3, 'late'),
      rejected: { type: 'AdoptionAbandoned', since: on(2) },
    },
    {
      name: 'a late pause under a later advance is refused, and names it',
      given: [started(1), toInstallation(3)],
      when: because(2, 'late'),
      rejected: { type: 'LaterFactBroken', eventId: givenId(2), fact: 'advanced', occurredAt: on(3), rule: 'AdoptionPaused' },
    },
  ]);
});

describe('resume adoption', () => {
  decisionTable({ decide: decideResumeAdoption, ...stream }, [
    { name: 'what rests goes on', given: [started(1), paused(2)], when: at(3), then: [resumed(3)] },
    {
      name: 'only what rests goes on',
      given: [started(1)],
      when: at(3),
      rejected: { type: 'AdoptionNotPaused', status: 'active' },
    },
    { name: 'what has not started cannot go on', given: [], when: at(3), rejected: { type: 'AdoptionNotStarted', occurredAt: on(3) } },
  ]);
});

describe('abandon adoption', () => {
  decisionTable({ decide: decideAbandonAdoption, ...stream }, [
    { name: 'an active adoption is given up', given: [started(1)], when: because(2, 'no time'), then: [abandoned(2)] },
    { name: 'a resting one too', given: [started(1), paused(2)], when: because(3, 'no time'), then: [abandoned(3)] },
    { name: 'it owes a reason', given: [started(1)], when: at(2), rejected: { type: 'ReasonMissing', fact: 'abandoned' } },
    {
      name: 'it is given up once',
      given: [started(1), abandoned(2)],
      when: because(3, 'again'),
      rejected: { type: 'AdoptionAbandoned', since: on(2) },
    },
  ]);
});

describe('restart adoption', () => {
  decisionTable({ decide: decideRestartAdoption, ...stream }, [
    { name: 'what was given up begins anew', given: [started(1), abandoned(2)], when: at(3), then: [restarted(3)] },
    {
      name: 'only what was given up begins anew',
      given: [started(1), paused(2)],
      when: at(3),
      rejected: { type: 'AdoptionNotAbandoned', status: 'paused' },
    },
    { name: 'what never started is started, not restarted', given: [], when: at(3), rejected: { type: 'AdoptionNotStarted', occurredAt: on(3) } },
  ]);
});
