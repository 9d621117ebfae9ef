import nodeCrypto from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { withoutAmbient } from './ambient.js';

describe('a table runs without the ambient clock and chance', () => {
  test.each([
    ['new Date()', () => new Date()],
    ['Date.now()', () => Date.now()],
    ['Math.random()', () => Math.random()],
    ['performance.now()', () => performance.now()],
    ['crypto.randomUUID()', () => crypto.randomUUID()],
    ['randomUUID() of node:crypto', () => nodeCrypto.randomUUID()],
    ['randomBytes() of node:crypto', () => nodeCrypto.randomBytes(1)],
  ])('%s throws', (_name, reach) => {
    expect(() => withoutAmbient<unknown>(reach)).toThrow('arrive in the command');
  });

  test('a date of a given text stays possible', () => {
    expect(withoutAmbient(() => new Date('2025-10-01T00:00:00Z').toISOString())).toBe('2025-10-01T00:00:00.000Z');
  });

  test('the ambient is back afterwards, also after a throw', () => {
    expect(() => withoutAmbient(() => Date.now())).toThrow();
    expect(Date.now()).toBeGreaterThan(0);
    expect(nodeCrypto.randomUUID()).toMatch(/^[0-9a-f-]{36}$/);
    expect(crypto.randomUUID()).toMatch(/^[0-9a-f-]{36}$/);
  });
});
