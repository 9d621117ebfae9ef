import { describe, expect, test } from '@jest/globals';

import { Awaited } from './awaited.js';

const compare = (left: string, right: string): number => Number(left) - Number(right);
const upTo = (reached: number) => (position: string) => Number(position) <= reached;

describe('what is awaited while a batch is on its way', () => {
  test('needs a look at once when there is no batch', () => {
    expect(new Awaited(compare).add('1')).toBe(true);
  });

  test.each([
    ['brings what is awaited', ['5'], 5, false],
    ['brings less than one waits for', ['5', '9', '7'], 7, true],
    ['brings what all wait for', ['10', '9'], 10, false],
    ['is awaited by nobody', [], 0, false],
  ])('a batch that %s', async (_, positions, reached, lacks) => {
    const awaited = new Awaited(compare);
    const work = async (): Promise<string> => {
      await Promise.resolve();
      for (const position of positions) expect(awaited.add(position)).toBe(false);
      return 'done';
    };
    expect(await awaited.during(work, upTo(reached))).toEqual({ result: 'done', lacks });
  });

  test('is over with the batch, also with one that fails', async () => {
    const awaited = new Awaited(compare);
    const failing = async (): Promise<void> => {
      awaited.add('3');
      throw new Error('a bug');
    };
    await expect(awaited.during(failing, upTo(0))).rejects.toThrow('a bug');
    expect(awaited.add('4')).toBe(true);
    expect(await awaited.during(async () => 1, upTo(0))).toEqual({ result: 1, lacks: false });
  });
});
