import { describe, expect, jest, test } from '@jest/globals';

import { tellOnce } from './tell-once.js';

const logs = () => {
  const told: string[] = [];
  const note = (level: string) => ({ err }: { err: Error }): void => void told.push(`${level} ${err.message}`);
  return { told, logger: { warn: note('warn'), debug: note('debug') } as unknown as Parameters<typeof tellOnce>[0] };
};

describe('a failure that is tried again and again', () => {
  test('is told when it begins, each one of several that take turns', () => {
    const { told, logger } = logs();
    const tell = tellOnce(logger, 'it failed');
    for (const message of ['away', 'away', 'away', 'refused', 'away', 'refused']) tell(new Error(message));
    expect(told).toEqual(['warn away', 'debug away', 'debug away', 'warn refused', 'debug away', 'debug refused']);
  });

  test('is no other one for another number in it', () => {
    const { told, logger } = logs();
    const tell = tellOnce(logger, 'it failed');
    for (const ms of ['2999.9992', '3000', '7.1']) tell(new Error(`not done within ${ms} ms`));
    expect(told.map((line) => line.split(' ')[0])).toEqual(['warn', 'debug', 'debug']);
  });

  test('is forgotten in the end, where every one is new', () => {
    const { told, logger } = logs();
    const tell = tellOnce(logger, 'it failed');
    const names = Array.from({ length: 60 }, (_, at) => 'x'.repeat(at + 1));
    for (const name of [...names, 'x']) tell(new Error(name));
    expect(told.filter((line) => line.startsWith('warn'))).toHaveLength(61);
  });

  test('is told once a minute while it lasts', () => {
    jest.useFakeTimers();
    try {
      const { told, logger } = logs();
      const tell = tellOnce(logger, 'it failed');
      for (let second = 0; second <= 61; second += 1) {
        tell(new Error('away'));
        jest.advanceTimersByTime(1_000);
      }
      expect(told.filter((line) => line.startsWith('warn'))).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
