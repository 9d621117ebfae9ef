import type { Stage } from '@cairn/contracts';
import { describe, expect, test } from '@jest/globals';

import type { Change, Changes, Totals } from '../../api/types.js';
import { reachedDifference, sums } from './arithmetic.js';

const totals = (counts: Partial<Totals>): Totals => ({
  'not-started': 0, exploration: 0, installation: 0, 'initial-implementation': 0, 'full-implementation': 0, ...counts,
});
const change = (name: string, from: Stage | null | undefined, to: Stage | null | undefined): Change => ({
  schoolId: name, name, class: name.split(' ')[0] ?? '', events: [],
  before: from === undefined ? null : { stage: from, status: from ? 'active' : 'not-started', name },
  after: to === undefined ? null : { stage: to, status: to ? 'active' : 'not-started', name },
});
const changes = (before: Totals, after: Totals, items: Change[]): Changes => ({
  from: '', to: '', recordedFrom: '', recordedTo: '', before: { totals: before }, after: { totals: after }, classes: {}, items,
});

describe('the arithmetic of two dates', () => {
  test('each class is counted from its lines, and together they lead from before to after', () => {
    const rows = sums(
      changes(totals({ 'not-started': 2, exploration: 1 }), totals({ exploration: 1, installation: 1, 'not-started': 2 }), [
        change('real-change 1', 'exploration', 'installation'),
        change('late-fact 1', null, 'exploration'),
        change('opened 1', undefined, null),
      ]),
    );
    const exploration = rows.find((row) => row.stage === 'exploration');
    expect(Object.fromEntries(exploration?.byClass ?? [])).toEqual({ 'real-change': -1, 'late-fact': 1, opened: 0 });
    expect(rows.map((row) => row.adds)).toEqual([true, true, true, true, true]);
  });

  test('a line that is missing shows as a row that does not add up', () => {
    const rows = sums(changes(totals({ exploration: 1 }), totals({ installation: 1 }), []));
    expect(rows.filter((row) => !row.adds).map((row) => row.stage)).toEqual(['exploration', 'installation']);
  });

  test('who abandons falls out of those that have reached a stage, who pauses stays', () => {
    const settled = (status: 'paused' | 'abandoned'): Change => {
      const item = change('real-change 2', 'initial-implementation', 'initial-implementation');
      return { ...item, after: { stage: 'initial-implementation', status, name: 'x' } };
    };
    const difference = (...items: Change[]): number => reachedDifference(changes(totals({}), totals({}), items));
    expect(difference(change('real-change 1', 'installation', 'initial-implementation'))).toBe(1);
    expect(difference(change('opened 1', undefined, null))).toBe(0);
    expect(difference(settled('paused'))).toBe(0);
    expect(difference(settled('abandoned'))).toBe(-1);
  });
});
