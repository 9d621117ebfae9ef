import type { SqlSession } from '@cairn/event-bus';
import { beforeEach, describe, expect, test } from '@jest/globals';

import { day, Publisher } from '../testing/public-events.js';
import { logSource } from './log-source.js';
import { LogTail } from './log-tail.js';
import type { ReceivedEvent } from './received-event.js';

const event = new Publisher().started(1, { occurredAt: day(1) });
const from = (first: number, count: number): readonly ReceivedEvent[] =>
  Array.from({ length: count }, (_, index) => ({ logPosition: first + index, event }));

describe('the tail of the log', () => {
  let tail: LogTail;
  beforeEach(() => {
    tail = new LogTail();
  });

  const appended = (first: number, count: number): (() => Promise<void>) => {
    const session: SqlSession = { query: () => Promise.resolve([]) };
    tail.append(session, Promise.resolve(from(first, count)));
    return () => tail.committed(session);
  };
  const after = (position: number, limit = 100) => tail.after(position, limit)?.map(({ logPosition }) => logPosition);

  test('holds what was committed, batch after batch', async () => {
    const commit = appended(5, 2);
    expect(after(4)).toBeUndefined();
    await commit();
    await appended(7, 1)();
    expect(after(4)).toEqual([5, 6, 7]);
    expect(after(5)).toEqual([6, 7]);
    expect(after(4, 2)).toEqual([5, 6]);
  });

  test('says nothing of what lies before it, nor of what may have come after it', async () => {
    await appended(5, 2)();
    expect(after(3)).toBeUndefined();
    expect(after(6)).toBeUndefined();
    expect(after(9)).toBeUndefined();
  });

  test('begins anew after a gap, which another process has filled', async () => {
    await appended(5, 2)();
    await appended(9, 1)();
    expect(after(4)).toBeUndefined();
    expect(after(8)).toEqual([9]);
  });

  test('passes over a commit that it is told of late', async () => {
    const first = appended(5, 2);
    await appended(7, 1)();
    await first();
    expect(after(6)).toEqual([7]);
    expect(after(4)).toBeUndefined();
  });

  test('forgets what is old', async () => {
    await appended(1, 900)();
    await appended(901, 200)();
    expect(after(99)).toBeUndefined();
    expect(tail.after(100, 2_000)).toHaveLength(1_000);
  });

  test('keeps the histories of the newest events only', async () => {
    const withHistory = (first: number, count: number) => from(first, count).map((one) => ({ ...one, history: [one] }));
    for (const [first, count] of [[1, 100], [101, 150]] as const) {
      const session: SqlSession = { query: () => Promise.resolve([]) };
      tail.append(session, Promise.resolve(withHistory(first, count)));
      await tail.committed(session);
    }
    const kept = tail.after(0, 1_000)?.filter(({ history }) => history !== undefined);
    expect(kept?.map(({ logPosition }) => logPosition)).toEqual(from(51, 200).map(({ logPosition }) => logPosition));
  });

  test('spares the read models a look at the log, which is asked for everything else', async () => {
    let asked = 0;
    const session: SqlSession = { query: () => Promise.resolve([]).finally(() => (asked += 1)) };
    const source = logSource(session, tail);
    await appended(1, 3)();
    expect(await source.read(undefined, 2)).toEqual({ events: from(1, 2), readUpTo: '2', isLast: false });
    expect(await source.read('2', 2)).toEqual({ events: from(3, 1), readUpTo: '3', isLast: true });
    expect(asked).toBe(0);
    expect(await source.read('3', 2)).toEqual({ events: [], readUpTo: '3', isLast: true });
    expect(asked).toBe(1);
  });
});
