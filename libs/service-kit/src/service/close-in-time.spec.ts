import { describe, expect, test } from '@jest/globals';

import { closeInTime, StopTimedOutError } from './close-in-time.js';

const never = new Promise<void>(() => undefined);
const closing = (name: string, ended: Promise<void>) => ({ name, close: () => ended });

describe('services that are closed in time', () => {
  test('all of them end, one of them late or not', async () => {
    const ended: string[] = [];
    const one = { name: 'one', close: async () => void ended.push('one') };
    await closeInTime([one, closing('two', Promise.resolve())], 60_000);
    expect(ended).toEqual(['one']);
    await expect(closeInTime([closing('late', never), { ...one, name: 'three' }], 10)).rejects.toThrow(StopTimedOutError);
    expect(ended).toEqual(['one', 'one']);
  });

  test('those that are late are named', async () => {
    const late = closeInTime([closing('one', never), closing('two', Promise.resolve()), closing('three', never)], 10);
    await expect(late).rejects.toThrow(/^one and three end although an engine has not answered for 0.01 s/);
    await expect(closeInTime([closing('one', never)], 10)).rejects.toThrow(/^one ends although/);
  });

  test('a failure is told, unless another one is late: that one keeps the process alive', async () => {
    const failed = closing('failed', Promise.reject(new Error('a bug')));
    await expect(closeInTime([failed, closing('one', Promise.resolve())], 60_000)).rejects.toThrow('a bug');
    await expect(closeInTime([failed, closing('one', never)], 10)).rejects.toThrow(StopTimedOutError);
  });
});
