import { describe, expect, test } from '@jest/globals';

import { readinessFrom } from './readiness.js';

const lacking = (...names: string[]) => ({ status: 'not-ready', failures: names.map((name) => ({ name, reason: `${name} says why.` })) });

describe('whether pages can be shown', () => {
  test('is waited for while the platform starts, and says how far it is', () => {
    expect(readinessFrom(false, lacking('scaling-plan', 'start-up'))).toEqual({ status: 'starting', progress: 'start-up says why.' });
    expect(readinessFrom(false, lacking('documents'))).toEqual({ status: 'starting', progress: 'documents says why.' });
    expect(readinessFrom(false, undefined)).toEqual({ status: 'starting' });
  });

  test('does not hang on a single service: what it lacks is told by Operations', () => {
    expect(readinessFrom(false, lacking('directory', 'scaling-plan', 'reporting'))).toEqual({ status: 'ready' });
    expect(readinessFrom(true, { status: 'ready' })).toEqual({ status: 'ready' });
  });
});
