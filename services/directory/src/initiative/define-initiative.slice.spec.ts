import { describe, expect, test } from '@jest/globals';
import { decisionTable } from '@cairn/decider/testing';
import { slugSchema } from '@cairn/service-kit';
import fc from 'fast-check';

import { defineInitiativeDecider } from './define-initiative.slice.js';
import type { InitiativeEvent } from './initiative.js';
import { initiativeIdOf } from './initiative.js';

const now = '2026-11-23T15:00:00.000Z';
const initiative = { initiativeId: 'blended-learning', name: 'Blended learning', description: '', fidelityCut: 0.7 };
const defined: InitiativeEvent = { type: 'InitiativeDefined', occurredAt: now, data: initiative };
const define = { districtId: 'mnps', districtKnown: true, initiative, now };

describe('define initiative', () => {
  decisionTable(defineInitiativeDecider, [
    { name: 'an initiative is defined', given: [], when: define, then: [defined] },
    {
      name: 'a name is given once',
      given: [defined],
      when: { ...define, initiative: { ...initiative, name: 'Blended Learning' } },
      rejected: { type: 'InitiativeExists', initiativeId: 'blended-learning', name: 'Blended learning' },
    },
    {
      name: 'an initiative is of a district',
      given: [],
      when: { ...define, districtKnown: false },
      rejected: { type: 'DistrictUnknown', districtId: 'mnps' },
    },
  ]);
});

describe('the id of an initiative', () => {
  test.each([
    ['Blended learning', 'blended-learning'],
    ['Computer science', 'computer-science'],
    ['  Éducation à l’écran!  ', 'education-a-l-ecran'],
    ['a'.repeat(200), 'a'.repeat(64)],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
    ['数学', 'initiative-872c1fa1'],
  ])('of %j is %s', (name, id) => {
    expect(initiativeIdOf(name)).toBe(id);
  });

  test('can stand in an address, whatever the name', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => slugSchema.safeParse(initiativeIdOf(name)).success));
  });
});
