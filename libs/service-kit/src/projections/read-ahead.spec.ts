import { describe, expect, test } from '@jest/globals';

import type { Page, ProjectionSource } from './projection.js';
import { ReadAhead } from './read-ahead.js';

/** Counts up to `end`, and notes where each read began. */
class Numbers implements ProjectionSource<number> {
  readonly reads: (string | undefined)[] = [];
  away = false;

  constructor(public end: number) {}

  async read(after: string | undefined, limit: number): Promise<Page<number>> {
    this.reads.push(after);
    if (this.away) throw new Error('away');
    const from = Number(after ?? 0);
    const count = Math.min(limit, this.end - from);
    return { events: Array.from({ length: count }, (_, at) => from + at + 1), readUpTo: count === 0 ? after : String(from + count) };
  }

  head = async (): Promise<string> => String(this.end);
  compare = (left: string, right: string): number => Number(left) - Number(right);
  positionOf = String;
}

describe('reading ahead', () => {
  test('has the next page on its way while there is much to read, each page once', async () => {
    const source = new Numbers(200);
    const ahead = new ReadAhead(source, 100);
    expect((await ahead.read(undefined)).readUpTo).toBe('100');
    expect(source.reads).toEqual([undefined, '100']);
    expect((await ahead.read('100')).events[0]).toBe(101);
    expect(source.reads).toEqual([undefined, '100', '200']);
  });

  test('reads no page too many for one that is caught up', async () => {
    const source = new Numbers(3);
    await new ReadAhead(source, 100).read(undefined);
    expect(source.reads).toEqual([undefined]);
  });

  test('looks again where nothing was there yet', async () => {
    const source = new Numbers(100);
    const ahead = new ReadAhead(source, 100);
    await ahead.read(undefined);
    source.end = 101;
    expect((await ahead.read('100')).events).toEqual([101]);
  });

  test('does not use what was read from another position, or before it was told to forget', async () => {
    const source = new Numbers(300);
    const ahead = new ReadAhead(source, 100);
    await ahead.read(undefined);
    expect((await ahead.read('50')).events[0]).toBe(51);
    ahead.forget();
    expect((await ahead.read('150')).events[0]).toBe(151);
    expect(source.reads.filter((after) => after === '150')).toHaveLength(2);
  });

  test('tells of a failure where it matters, and only there', async () => {
    const source = new Numbers(300);
    const ahead = new ReadAhead(source, 100);
    source.read = ((read) => async (after: string | undefined, limit: number) => {
      if (after !== undefined) source.away = true;
      return read.call(source, after, limit);
    })(source.read);
    await ahead.read(undefined);
    await expect(ahead.read('100')).rejects.toThrow('away');
  });
});
