import { describe, expect, test } from '@jest/globals';
import { Gathered } from './gathered.js';

/** As long as promises alone take, whatever their number. */
const later = async (promises: number): Promise<void> => {
  for (let at = 0; at < promises; at += 1) await Promise.resolve();
};

describe('questions that are gathered', () => {
  test('are those of one turn, however many promises each has waited for, and each gets its answer', async () => {
    const rounds: (readonly number[])[] = [];
    const doubled = new Gathered(async (asked: readonly number[]) => {
      rounds.push(asked);
      return asked.map((one) => one * 2);
    });
    const answers = [1, 2, 3].map(async (one) => {
      await later(one * 10);
      return doubled.ask(one);
    });
    expect(await Promise.all(answers)).toEqual([2, 4, 6]);
    expect(await doubled.ask(4)).toBe(8);
    expect(rounds).toEqual([[1, 2, 3], [4]]);
  });

  test('do not wait for those before them to be answered', async () => {
    const unanswered = new Map<string, () => void>();
    const slow = new Gathered(async (asked: readonly string[]) => {
      await new Promise<void>((resolve) => unanswered.set(asked.join(), resolve));
      return asked;
    });
    const first = slow.ask('first');
    await new Promise(setImmediate);
    const second = slow.ask('second');
    await new Promise(setImmediate);
    expect([...unanswered.keys()]).toEqual(['first', 'second']);
    unanswered.get('second')?.();
    expect(await second).toBe('second');
    unanswered.get('first')?.();
    expect(await first).toBe('first');
  });

  test('fail together, each for who has asked it, and those after them are asked anew', async () => {
    let away = true;
    const fragile = new Gathered(async (asked: readonly number[]) => {
      if (away) throw new Error('away');
      return asked;
    });
    const failed = await Promise.allSettled([fragile.ask(1), fragile.ask(2)]);
    expect(failed).toEqual(Array.from({ length: 2 }, () => ({ status: 'rejected', reason: new Error('away') })));
    away = false;
    expect(await fragile.ask(3)).toBe(3);
  });

  test('get no answer that is another one\'s', async () => {
    const short = new Gathered(async (asked: readonly number[]) => asked.slice(1));
    const failed = await Promise.allSettled([short.ask(1), short.ask(2)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
