import { describe, expect, test } from '@jest/globals';

import { learn } from './rectangles.js';
import type { Stretch } from './rectangles.js';

const stretch = (from: string, to: string | undefined, state: string): Stretch<string> => ({ from, to, state });
const known = (logPosition: number) => ({ at: `2024-0${logPosition}`, logPosition });

describe('what a batch changes in the table', () => {
  const before = [stretch('a', 'c', 'red'), stretch('c', undefined, 'blue')];

  test('nothing, when what was learnt was known', () => {
    expect(learn(before, [{ knowledge: known(1), stretches: [...before] }])).toEqual({ ending: [], added: [] });
  });

  test('ends what no longer holds and adds what holds instead', () => {
    const stretches = [stretch('a', 'b', 'red'), stretch('b', 'c', 'green'), stretch('c', undefined, 'blue')];
    expect(learn(before, [{ knowledge: known(1), stretches }])).toEqual({
      ending: [{ from: 'a', ended: known(1) }],
      added: [
        { ...stretch('a', 'b', 'red'), begun: known(1), ended: undefined },
        { ...stretch('b', 'c', 'green'), begun: known(1), ended: undefined },
      ],
    });
  });

  test('what came and went within the batch is added with both its ends', () => {
    const steps = [
      { knowledge: known(1), stretches: [stretch('a', undefined, 'red')] },
      { knowledge: known(2), stretches: [stretch('a', undefined, 'green')] },
      { knowledge: known(3), stretches: [stretch('a', undefined, 'red')] },
    ];
    expect(learn([], steps)).toEqual({
      ending: [],
      added: [
        { ...stretch('a', undefined, 'red'), begun: known(1), ended: known(2) },
        { ...stretch('a', undefined, 'green'), begun: known(2), ended: known(3) },
        { ...stretch('a', undefined, 'red'), begun: known(3), ended: undefined },
      ],
    });
  });
});
