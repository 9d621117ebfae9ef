import { describe, expect, test } from '@jest/globals';

import { SeenPositions } from './seen-positions.js';

describe('what was acknowledged a moment ago', () => {
  test('is one position a scope, the furthest: many commands push out no import', () => {
    const seen = new SeenPositions();
    seen.remember('mnps', 'directory:7');
    for (let position = 20; position > 8; position -= 1) seen.remember('mnps', `scaling-plan:${position}`);
    expect(seen.of('mnps')).toBe('directory:7,scaling-plan:20');
  });

  test('is of one district, or of all', () => {
    const seen = new SeenPositions();
    seen.remember('mnps', 'scaling-plan:100');
    seen.remember(undefined, 'directory:9');
    expect(seen.of('mnps')?.split(',').sort()).toEqual(['directory:9', 'scaling-plan:100']);
    expect(seen.of('elsewhere')).toBe('directory:9');
    seen.remember('mnps', 'directory:10');
    expect(seen.of('mnps')?.split(',').sort()).toEqual(['directory:10', 'scaling-plan:100']);
  });

  test('is forgotten after 10 seconds', () => {
    let now = 0;
    const seen = new SeenPositions(() => now);
    seen.remember('mnps', 'directory:9');
    now = 10_001;
    expect(seen.of('mnps')).toBeUndefined();
    seen.remember('mnps', 'directory:3');
    expect(seen.of('mnps')).toBe('directory:3');
  });

  test('is nothing when it is no position', () => {
    const seen = new SeenPositions();
    seen.remember('mnps', 'soon');
    expect(seen.of('mnps')).toBeUndefined();
  });
});
