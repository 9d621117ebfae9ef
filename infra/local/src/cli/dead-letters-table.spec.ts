import { describe, expect, test } from '@jest/globals';

import type { ParkedMessage } from './dead-letters-of.js';
import { deadLettersTable, plainText } from './dead-letters-table.js';

const parked = (more: Partial<ParkedMessage> = {}): ParkedMessage => ({
  service: 'reporting',
  sequence: '1',
  topic: 'cairn.directory.v1',
  key: 'k',
  messageId: 'm-1',
  reason: 'RangeError: cannot apply m-1',
  attempts: 3,
  parkedAt: '2026-01-15T08:00:00.000Z',
  ...more,
});

describe('parked messages on a terminal', () => {
  test('stand in columns under how many they are', () => {
    const lines = deadLettersTable([
      parked({ district: 'mnps', type: 'org.cairn.school.opened.v1' }),
      parked({ messageId: 'message-2', attempts: 0, reason: 'A message of the same key is parked before this one' }),
    ]).split('\n');
    expect(lines).toEqual([
      'SERVICE    TOPIC               KEY  ID         DISTRICT  TYPE                        PARKED                    TRIED    WHY',
      'reporting  cairn.directory.v1  k    m-1        mnps      org.cairn.school.opened.v1  2026-01-15T08:00:00.000Z  3 times  RangeError: cannot apply m-1',
      'reporting  cairn.directory.v1  k    message-2  -         -                           2026-01-15T08:00:00.000Z  never    A message of the same key is parked before this one',
      '2 messages are parked under 1 key.',
    ]);
    expect(deadLettersTable([parked({ attempts: 1 })])).toMatch(/once .*\n1 message is parked under 1 key\.$/);
  });

  test.each([
    ['a command to the terminal', 'red \u001b[31mtext\u001b[0m', 'red [31mtext [0m'],
    ['lines', 'one\n  two\r\nthree\u2028four', 'one two three four'],
    ['text that runs the other way', 'a\u202Eb', 'a b'],
    ['very much', 'ü'.repeat(400), `${'ü'.repeat(159)}…`],
  ])('never carry %s', (_name, text, shown) => {
    expect(plainText(text)).toBe(shown);
  });
});
