import { describe, expect, test } from '@jest/globals';

import { Closers } from './closers.js';

describe('closers', () => {
  const pushTo = (closers: Closers, closed: string[]) => (name: string, failure?: Error) =>
    closers.push(() => {
      closed.push(name);
      return failure ? Promise.reject(failure) : Promise.resolve();
    });

  test('close from the last to the first, each once', async () => {
    const [closers, closed] = [new Closers(), [] as string[]];
    const push = pushTo(closers, closed);
    push('database');
    push('service');
    await closers.closeAll();
    await closers.closeAll();
    expect(closed).toEqual(['service', 'database']);
  });

  test('go on through failures, and throw the first', async () => {
    const [closers, closed] = [new Closers(), [] as string[]];
    const push = pushTo(closers, closed);
    push('database', new Error('the database hangs'));
    push('consumer');
    push('service', new Error('the service hangs'));
    await expect(closers.closeAll()).rejects.toThrow('the service hangs');
    expect(closed).toEqual(['service', 'consumer', 'database']);
  });

  test('one that throws before it answers is a failure like others', async () => {
    const [closers, closed] = [new Closers(), [] as string[]];
    pushTo(closers, closed)('database');
    closers.push(() => {
      throw new Error('at once');
    });
    await expect(closers.closeAll()).rejects.toThrow('at once');
    expect(closed).toEqual(['database']);
  });

  test('a start that fails closes what was opened, and says why it failed', async () => {
    const [closers, closed] = [new Closers(), [] as string[]];
    pushTo(closers, closed)('database', new Error('while closing'));
    await expect(closers.orClose(() => Promise.reject(new Error('the port is taken')))).rejects.toThrow('the port is taken');
    expect(closed).toEqual(['database']);
    expect(await closers.orClose(() => Promise.resolve('opened'))).toBe('opened');
  });
});
