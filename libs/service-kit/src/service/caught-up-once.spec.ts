import { describe, expect, test } from '@jest/globals';

import { CaughtUpOnce } from './caught-up-once.js';

describe('what has caught up since its start', () => {
  test('is so once the end of the first look is reached, however far the end has gone on', async () => {
    let [end, reached] = [5, 3];
    const caughtUp = new CaughtUpOnce(async () => end, async (awaited) => reached >= awaited);
    expect(await caughtUp.ask()).toBe(false);
    [end, reached] = [9, 4];
    expect(await caughtUp.ask()).toBe(false);
    [end, reached] = [20, 5];
    expect(await caughtUp.ask()).toBe(true);
  });

  test('stays so', async () => {
    let reached = true;
    const caughtUp = new CaughtUpOnce(async () => 1, async () => reached);
    await caughtUp.ask();
    reached = false;
    expect(await caughtUp.ask()).toBe(true);
  });

  test('is looked for anew after a look that failed', async () => {
    const ends = [Promise.reject(new Error('away')), Promise.resolve(2)];
    const caughtUp = new CaughtUpOnce(async () => (await ends.shift()) ?? 3, async (awaited) => awaited === 2);
    await expect(caughtUp.ask()).rejects.toThrow('away');
    expect(await caughtUp.ask()).toBe(true);
  });
});
