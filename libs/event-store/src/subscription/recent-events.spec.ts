import { describe, expect, test } from '@jest/globals';

import type { RecordedEvent } from '../event.js';
import { RecentEvents } from './recent-events.js';

/** Only their positions matter here. */
const from = (first: number, count: number): readonly RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => ({ position: String(first + index) }) as RecordedEvent);

const positions = (recent: RecentEvents, after: string, limit?: number): readonly string[] | undefined =>
  recent.after(after, limit === undefined ? {} : { limit })?.events.map(({ position }) => position);

describe('the newest events of a store', () => {
  test('are those that were told of, append after append', () => {
    const recent = new RecentEvents();
    expect(recent.after('0', {})).toBeUndefined();
    recent.add(from(5, 2));
    recent.add(from(7, 1));
    expect(positions(recent, '4')).toEqual(['5', '6', '7']);
    expect(positions(recent, '5', 1)).toEqual(['6']);
    expect(recent.after('5', { limit: 1 })?.readUpTo).toBe('6');
    expect(recent.after('7', {})).toEqual({ events: [], readUpTo: '7' });
    expect([recent.goesBeyond('6'), recent.goesBeyond('7')]).toEqual([true, false]);
  });

  test('say nothing of what lies before them, nor behind, nor of a part of them', () => {
    const recent = new RecentEvents();
    recent.add(from(5, 2));
    expect(recent.after('3', {})).toBeUndefined();
    expect(recent.after('7', {})).toBeUndefined();
    expect(recent.after('4', { filter: { types: ['StageAdvanced'] } })).toBeUndefined();
  });

  test('begin anew after a gap, which another process has filled, and pass over what is old', () => {
    const recent = new RecentEvents();
    recent.add(from(5, 2));
    recent.add(from(9, 1));
    expect(recent.after('4', {})).toBeUndefined();
    expect(positions(recent, '8')).toEqual(['9']);
    recent.add(from(5, 2));
    expect(positions(recent, '8')).toEqual(['9']);
    recent.forget();
    expect(recent.after('8', {})).toBeUndefined();
  });

  test('are few', () => {
    const recent = new RecentEvents();
    for (let first = 1; first <= 200; first += 1) recent.add(from(first, 1));
    expect(recent.after('135', {})).toBeUndefined();
    expect(positions(recent, '136')).toHaveLength(64);
  });
});
