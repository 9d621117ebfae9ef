import { describe, expect, jest, test } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { lastValueFrom, of } from 'rxjs';

import type { PositionToken } from './min-position.interceptor.js';
import { MinPositionInterceptor, minPositionWait_ms, PositionNotReachedError, PositionWaiter } from './min-position.interceptor.js';
import { ProblemException } from './problem.js';

/** Reaches nothing, and counts how long it was told to wait. */
class Late extends PositionWaiter {
  readonly asked: string[] = [];
  waited_ms = 0;

  waitFor({ scope, position }: PositionToken, timeout_ms: number): Promise<boolean> {
    this.asked.push(`${scope}:${position}`);
    this.waited_ms += timeout_ms;
    jest.advanceTimersByTime(timeout_ms);
    return Promise.reject(new PositionNotReachedError('late'));
  }
}

const statusOf = (waiter: PositionWaiter, asked: unknown, seen?: string): Promise<number> =>
  statusFrom(new MinPositionInterceptor(waiter, 'reporting'), asked, seen);

const statusFrom = async (interceptor: MinPositionInterceptor, asked: unknown, seen?: string): Promise<number> => {
  const request = { query: { 'min-position': asked }, header: () => seen };
  const context = new ExecutionContextHost([request, { setHeader: () => undefined }]);
  try {
    await lastValueFrom(await interceptor.intercept(context, { handle: () => of({}) }));
    return 200;
  } catch (error) {
    if (error instanceof ProblemException) return error.problem.status;
    throw error;
  }
};

describe('waiting for a position', () => {
  test('what was seen and what was asked for share one deadline', async () => {
    jest.useFakeTimers();
    try {
      const late = new Late();
      expect(await statusOf(late, 'scaling-plan:9', 'directory:7')).toBe(503);
      expect(late.asked).toContain('scaling-plan:9');
      expect(late.waited_ms).toBeLessThanOrEqual(minPositionWait_ms);
    } finally {
      jest.useRealTimers();
    }
  });

  test('what was seen and does not come holds up one reader, and hardly the next; once it comes, it is waited for again', async () => {
    jest.useFakeTimers();
    try {
      const late = new Late();
      const interceptor = new MinPositionInterceptor(late, 'reporting');
      const waitedFor = async (seen: string): Promise<number> => {
        late.waited_ms = 0;
        expect(await statusFrom(interceptor, undefined, seen)).toBe(200);
        return late.waited_ms;
      };
      expect(await waitedFor('directory:7')).toBe(minPositionWait_ms);
      expect(await waitedFor('directory:8')).toBeLessThanOrEqual(200);
      jest.spyOn(late, 'waitFor').mockResolvedValueOnce(true);
      await waitedFor('directory:9');
      expect(await waitedFor('directory:10')).toBe(minPositionWait_ms);
    } finally {
      jest.useRealTimers();
    }
  });

  test('who asks for a position waits for nothing newer of its scope, and for what was seen of others', async () => {
    jest.useFakeTimers();
    try {
      const late = new Late();
      expect(await statusOf(late, 'scaling-plan:9', 'scaling-plan:12,directory:7')).toBe(503);
      expect(late.asked).toEqual(['directory:7', 'scaling-plan:9']);
    } finally {
      jest.useRealTimers();
    }
  });

  test('a scope that nobody records under is refused, and nothing is waited for', async () => {
    const late = new Late();
    expect(await statusOf(late, 'nowhere:1')).toBe(400);
    expect(await statusOf(late, 'directory:1,scaling-plans:1')).toBe(400);
    expect(late.asked).toEqual([]);
  });

  test.each(['directory:1', 'scaling-plan:1', 'reporting:1'])('%s may be waited for', async (asked) => {
    jest.useFakeTimers();
    try {
      expect(await statusOf(new Late(), asked)).toBe(503);
    } finally {
      jest.useRealTimers();
    }
  });

  test.each(['soon', 'directory:abc', 'directory:-1', 'directory:', 'directory:9223372036854775808', 'directory:1,,', ['directory:1', 'directory:2']])(
    '%j is no position: 400',
    async (asked) => {
      expect(await statusOf(new Late(), asked)).toBe(400);
    },
  );

  test('at most 20 at once', async () => {
    const many = Array.from({ length: 21 }, (_, n) => `directory:${n}`).join(',');
    expect(await statusOf(new Late(), many)).toBe(400);
  });

  test.each(['soon', 'directory:abc', Array.from({ length: 21 }, () => 'directory:1').join(',')])(
    'a courtesy that is malformed (%s) is no reason to wait or to refuse',
    async (seen) => {
      const late = new Late();
      expect(await statusOf(late, undefined, seen)).toBe(200);
      expect(late.asked).toEqual([]);
    },
  );
});
