import { describe, expect, test } from '@jest/globals';

import type { Replayed } from '../../api/operations.js';
import { byKey, replayToTheEnd } from './parked.js';

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

describe('a replay of a long sequence', () => {
  const replay = async (...parts: readonly Replayed[]) => {
    const left = [...parts];
    const told: Replayed[] = [];
    const replayPart = (): Promise<Replayed> => Promise.resolve(left.shift() ?? { replayed: 0, left: 0 });
    const outcome = await replayToTheEnd(replayPart, (soFar) => told.push(soFar));
    return { outcome, told, asked: parts.length - left.length };
  };

  test('goes on part by part until none is left, and tells how far it is', async () => {
    const parts = [{ replayed: 1_000, left: 700 }, { replayed: 700, left: 0 }];
    expect(await replay(...parts)).toEqual({ outcome: { replayed: 1_700, left: 0 }, told: [{ replayed: 1_000, left: 700 }], asked: 2 });
  });

  test('ends at a message that fails again, and says why', async () => {
    const parts = [{ replayed: 5, left: 9 }, { replayed: 2, left: 7, reason: 'still wrong' }, { replayed: 7, left: 0 }];
    expect(await replay(...parts)).toMatchObject({ outcome: { replayed: 7, left: 7, reason: 'still wrong' }, asked: 2 });
  });

  test('ends where nothing moves', async () => {
    expect(await replay({ replayed: 0, left: 3 }, { replayed: 3, left: 0 })).toMatchObject({ outcome: { replayed: 0, left: 3 }, asked: 1 });
  });
});
