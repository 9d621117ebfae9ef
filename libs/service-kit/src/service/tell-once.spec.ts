import { describe, expect, jest, test } from '@jest/globals';

import { tellOnce } from './tell-once.js';

const logs = () => {
  const told: string[] = [];
  const note = (level: string) => ({ err }: { err: Error }): void => void told.push(`${level} ${err.message}`);
  return { told, logger: { warn: note('warn'), debug: note('debug') } as unknown as Parameters<typeof tellOnce>[0] };
};

describe('a failure that is tried again and again', () => {
  test('is told when it begins and when it becomes another one', () => {
    const { told, logger } = logs();
    const tell = tellOnce(logger, 'it failed');
    for (const message of ['away', 'away', 'away', 'refused', 'away']) tell(new Error(message));
    expect(told).toEqual(['warn away', 'debug away', 'debug away', 'warn refused', 'warn away']);
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
