import type { InTransaction, SqlSession } from '@cairn/event-bus';
import { describe, expect, test } from '@jest/globals';

import { AfterCommit } from './after-commit.js';

describe('listeners to commits', () => {
  const told: string[] = [];
  const transactions: InTransaction = async (work) => {
    const session: SqlSession = { query: () => Promise.resolve([]) };
    const result = await work(session);
    told.push('commit');
    return result;
  };
  const open = (): AfterCommit<string> => {
    told.length = 0;
    const after = new AfterCommit<string>(transactions, (message) => {
      told.push(message);
      return message === 'bad' ? Promise.reject(new Error('refused')) : Promise.resolve();
    });
    after.listen(() => told.push('heard'));
    return after;
  };

  test('hear of what was applied after its commit, once', async () => {
    const after = open();
    await after.inTransaction((session) => after.apply('good', session));
    expect(told).toEqual(['good', 'commit', 'heard']);
  });

  test('hear nothing of transactions that applied nothing, nor of those that were rolled back', async () => {
    const after = open();
    await after.inTransaction(() => Promise.resolve());
    await expect(after.inTransaction((session) => after.apply('bad', session))).rejects.toThrow('refused');
    expect(told).toEqual(['commit', 'bad']);
  });

  test('hear of each of two transactions that run at the same time, after its own commit', async () => {
    const after = open();
    let goOn: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (goOn = resolve));
    const first = after.inTransaction(async (session) => {
      await after.apply('first', session);
      await waiting;
    });
    await after.inTransaction(() => Promise.resolve());
    expect(told).toEqual(['first', 'commit']);
    goOn();
    await first;
    expect(told).toEqual(['first', 'commit', 'commit', 'heard']);
  });
});
