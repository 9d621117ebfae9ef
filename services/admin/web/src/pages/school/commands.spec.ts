import type { AdoptionState, Stage } from '@cairn/contracts';
import { describe, expect, test } from '@jest/globals';

import { isPossible, offersAt } from './commands.js';

const at = (stage: Stage, status: 'active' | 'paused' | 'abandoned' = 'active'): AdoptionState => ({
  status, stage, stageSince: '', statusSince: '', eventId: '',
});
const possible = (state: AdoptionState, windows: [string, number][] = []): string[] =>
  offersAt(state, new Map(windows), 0.7).filter(isPossible).map((offer) => offer.command);

describe('what can have happened', () => {
  test.each<[string, AdoptionState, string[]]>([
    ['before the start', { status: 'not-started' }, ['start']],
    ['in the first stage', at('exploration'), ['advance-stage', 'record-fidelity', 'pause', 'override-stage', 'abandon']],
    ['in the last stage', at('full-implementation'), ['record-fidelity', 'regress-stage', 'pause', 'override-stage', 'abandon']],
    ['paused', at('installation', 'paused'), ['record-fidelity', 'resume', 'abandon']],
    ['abandoned', at('installation', 'abandoned'), ['record-fidelity', 'restart']],
  ])('%s', (_name, state, commands) => {
    expect(possible(state)).toEqual(commands);
  });

  test('Full Implementation needs the cut in two windows', () => {
    const one: [string, number][] = [['spring', 0.71], ['fall', 0.69]];
    expect(possible(at('initial-implementation'), one)).not.toContain('advance-stage');
    expect(possible(at('initial-implementation'), [['spring', 0.71], ['fall', 0.7]])).toContain('advance-stage');
  });

  test('every command is either offered or explained', () => {
    for (const offer of offersAt(at('installation', 'paused'), new Map(), 0.7)) expect(isPossible(offer) || offer.why.key).toBeTruthy();
  });
});
