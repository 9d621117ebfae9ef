import type { AdoptionStatus, Stage } from '@cairn/contracts';
import { describe, expect, test } from '@jest/globals';

import type { AdoptionRow, Change } from '../../api/types.js';
import { needsAttention } from './attention.js';

const row = (name: string, stage: Stage | null, daysInStage: number | null, status: AdoptionStatus = 'active'): AdoptionRow => ({
  schoolId: name, name, stage, status, since: null, daysInStage, version: 1, eventId: null,
});
const fell = (name: string, from: Stage, to: Stage): Change => ({
  schoolId: name, name, class: 'real-change', events: [],
  before: { stage: from, status: 'active', name },
  after: { stage: to, status: 'active', name },
});
const found = (rows: AdoptionRow[], changes: Change[] = []) =>
  needsAttention(rows, changes).map((entry) => `${entry.row.name}: ${entry.reasons.map((reason) => reason.kind).join(', ')}`);

describe('schools that need attention', () => {
  test('long in a stage means long for anyone and long for this district', () => {
    const usual = [row('a', 'installation', 100), row('b', 'installation', 110), row('c', 'installation', 120)];
    expect(found([...usual, row('slow', 'installation', 200)])).toEqual(['slow: long']);
    expect(found([...usual, row('under half a year', 'installation', 179)])).toEqual([]);
    expect(found([row('a', 'installation', 300), row('b', 'installation', 310), row('c', 'installation', 320)])).toEqual([]);
  });

  test('full implementation is where a school stays, and what was abandoned is settled', () => {
    expect(found([row('a', 'full-implementation', 900), row('b', 'installation', 900, 'abandoned'), row('c', null, null, 'not-started')])).toEqual([]);
  });

  test('a school that fell and rose again is not listed', () => {
    const changes = [fell('a', 'installation', 'exploration'), fell('b', 'installation', 'exploration')];
    expect(found([row('a', 'exploration', 10), row('b', 'installation', 5)], changes)).toEqual(['a: moved-back']);
  });

  test('the kinds of reason take turns', () => {
    const rows = [
      row('p1', 'installation', 50, 'paused'), row('p2', 'installation', 40, 'paused'), row('p3', 'installation', 30, 'paused'),
      row('a', 'exploration', 10), row('l', 'initial-implementation', 400), row('m', 'initial-implementation', 20), row('n', 'initial-implementation', 20),
    ];
    expect(found(rows, [fell('a', 'installation', 'exploration')])).toEqual(['a: moved-back', 'l: long', 'p1: paused', 'p2: paused', 'p3: paused']);
  });
});
