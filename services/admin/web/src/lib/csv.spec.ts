import { describe, expect, test } from '@jest/globals';

import { toCsv } from './csv.js';

describe('CSV', () => {
  test('quotes commas, quotes and line breaks, and leaves nothing out', () => {
    expect(toCsv(['a', 'b'], [['x, y', 'say "so"'], ['two\nlines', null], ['01900001', 0.5]])).toBe(
      'a,b\r\n"x, y","say ""so"""\r\n"two\nlines",\r\n01900001,0.5\r\n',
    );
  });

  test('a text that a spreadsheet would run is made inert; a negative number stays a number', () => {
    expect(toCsv(['a'], [['=1+1'], ['@x'], ['-5'], [-5]])).toBe("a\r\n'=1+1\r\n'@x\r\n'-5\r\n-5\r\n");
  });
});
