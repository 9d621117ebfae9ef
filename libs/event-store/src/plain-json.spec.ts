import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';

import { plainJson } from './plain-json.js';

/** As data are when they come: out of a parser, with prototypes of this realm. */
const data = fc
  .jsonValue({ stringUnit: 'grapheme-ascii', maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('plainJson', () => {
  test('says what the library says, or nothing', () => {
    let said = 0;
    fc.assert(
      fc.property(data, (value) => {
        const text = plainJson(value);
        if (text === undefined) return;
        said += 1;
        expect(text).toBe(canonicalize(value));
      }),
      { numRuns: 500 },
    );
    expect(said).toBeGreaterThan(100);
  });

  test.each<[unknown, string]>([
    [{ b: 1, a: [true, null, -0, 1e21, 'x'], B: {} }, '{"B":{},"a":[true,null,0,1e+21,"x"],"b":1}'],
    [[], '[]'],
    ['', '""'],
  ])('of %j is what RFC 8785 says', (value, text) => {
    expect(plainJson(value)).toBe(text);
  });

  test.each<[string, unknown]>([
    ['a text that JSON escapes', { text: 'line\nline' }],
    ['a name that JSON escapes', { 'a"b': 1 }],
    ['what is no number', [Number.NaN]],
    ['a member without a value', { a: undefined }],
    ['a hole', new Array<unknown>(1)],
    ['an object of a class', new Date(0)],
    ['an object that writes itself', { toJSON: () => 1 }],
    ['what nests deep', Array.from({ length: 30 }).reduce<unknown>((inner) => [inner], 1)],
  ])('leaves %s to the library', (_, value) => {
    expect(plainJson(value)).toBeUndefined();
  });
});
