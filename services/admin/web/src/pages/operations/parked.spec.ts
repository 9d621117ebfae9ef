import { expect, test } from '@jest/globals';

import { byKey } from './parked.js';

const message = (messageId: string, key: string, topic = 't') =>
  ({ messageId, key, topic, reason: 'r', attempts: 1, parkedAt: '2026-01-01T00:00:00.000Z' });

test('parked messages are told by topic and key, each in its order', () => {
  const told = byKey([message('1', 'a'), message('2', 'b'), message('3', 'a'), message('4', 'a', 'other')]);
  expect(told.map(({ topic, key, messages }) => [topic, key, messages.map(({ messageId }) => messageId)])).toEqual([
    ['t', 'a', ['1', '3']],
    ['t', 'b', ['2']],
    ['other', 'a', ['4']],
  ]);
});
