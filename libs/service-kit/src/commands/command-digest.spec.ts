import { describe, expect, test } from '@jest/globals';

import { ProblemException } from '../http/problem.js';
import { commandDigest } from './command-digest.js';

const asked = (body: unknown, originalUrl = '/api/districts?mode=apply', method = 'POST') => commandDigest({ method, originalUrl, body });

describe('the digest of a command', () => {
  test('does not depend on the order of members, or on what was waited for', () => {
    const first = asked({ a: 1, b: { c: [1, { d: 2, e: 3 }], f: null } });
    expect(asked({ b: { f: null, c: [1, { e: 3, d: 2 }] }, a: 1 })).toBe(first);
    expect(asked({ a: 1, b: { c: [1, { d: 2, e: 3 }], f: null } }, '/api/districts?min-position=directory:7&mode=apply')).toBe(first);
  });

  test('depends on method, path, the rest of the query, and every value', () => {
    const all = [
      asked({ a: [1, 2] }),
      asked({ a: [2, 1] }),
      asked({ a: ['1', 2] }),
      asked({ a: [1, 2] }, '/api/districts?mode=dry-run'),
      asked({ a: [1, 2] }, '/api/initiatives?mode=apply'),
      asked({ a: [1, 2] }, '/api/districts?mode=apply', 'PUT'),
      asked(undefined),
      asked(JSON.parse('{"__proto__":1}')),
      asked({}),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('is of the bytes of a file', () => {
    expect(asked(Buffer.from('a,b\n'))).toBe(asked(Buffer.from('a,b\n')));
    expect(asked(Buffer.from('a,b\n'))).not.toBe(asked(Buffer.from('b,a\n')));
  });

  test('is refused to a body without a floor', () => {
    expect(() => asked(JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)))).toThrow(ProblemException);
  });
});
