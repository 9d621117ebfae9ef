import type { AdoptionStatus, Stage } from '@cairn/contracts';
import { describe, expect, test } from '@jest/globals';

import type { AdoptionRow } from '../../api/types.js';
import type { OverviewSearch } from '../../app/search.js';
import { filterRows, sortRows } from './rows.js';

const row = (name: string, stage: Stage | null, status: AdoptionStatus = stage ? 'active' : 'not-started'): AdoptionRow => ({
  schoolId: name, name, stage, status, since: null, daysInStage: null, version: 0, eventId: null,
});
const rows = [
  row('A', null),
  row('B', 'installation'),
  row('C', 'initial-implementation'),
  row('D', 'initial-implementation', 'paused'),
  row('E', 'initial-implementation', 'abandoned'),
  row('F', 'full-implementation'),
  row('É 10', 'full-implementation', 'abandoned'),
];
const names = (search: OverviewSearch): string => filterRows(rows, search, new Set(['B'])).map((entry) => entry.name).join(' ');

describe('the rows behind a number', () => {
  test('reached means there or further, paused or not, and not abandoned', () => {
    expect(names({ stage: 'reached-initial' })).toBe('C D F');
    expect(names({ stage: 'reached-full' })).toBe('F');
  });

  test('a part of the bar holds everything whose stage it is', () => {
    expect(names({ stage: 'initial-implementation' })).toBe('C D E');
    expect(names({ stage: 'full-implementation', status: 'abandoned' })).toBe('É 10');
  });

  test('words are found without their accents, and attention narrows too', () => {
    expect(names({ q: 'e 10' })).toBe('É 10');
    expect(names({ attention: 'yes' })).toBe('B');
  });

  test('numbers in names are sorted as numbers', () => {
    expect(sortRows([row('PS 10', null), row('PS 9', null)], 'name', 'asc').map((entry) => entry.name)).toEqual(['PS 9', 'PS 10']);
  });
});
