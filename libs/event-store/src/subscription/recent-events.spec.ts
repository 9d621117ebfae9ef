import { randomUUID } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { RecordedEvent } from '../event.js';
import { RecentEvents } from './recent-events.js';

/** Only their positions and ids matter here. */
const from = (first: number, count: number): readonly RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => ({ position: String(first + index), id: randomUUID() }) as RecordedEvent);

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
    const [last] = recent.after('6', {})?.events ?? [];
    expect([recent.has(last), recent.has(undefined), recent.has(from(7, 1)[0])]).toEqual([true, false, false]);
  });

  test('say nothing of what lies before them, nor behind, nor of a part of them', () => {
    const recent = new RecentEvents();
    recent.add(from(5, 2));
    expect(recent.after('3', {})).toBeUndefined();
    expect(recent.after('7', {})).toBeUndefined();
    expect(recent.after('4', { filter: { types: ['StageAdvanced'] } })).toBeUndefined();
  });

  test('pass over what comes again, and begin anew with what is not what they knew: that is another record', () => {
    const recent = new RecentEvents();
    const events = from(5, 3);
    expect(recent.add(events)).toBe(true);
    expect(recent.add(events.slice(0, 2))).toBe(false);
    expect(positions(recent, '4')).toEqual(['5', '6', '7']);
    expect(recent.add(from(6, 1))).toBe(true);
    expect(recent.after('4', {})).toBeUndefined();
    expect(recent.after('6', {})).toEqual({ events: [], readUpTo: '6' });
    expect(recent.add(from(2, 1))).toBe(false);
    expect(recent.after('6', {})).toBeUndefined();
  });

  test('are forgotten when the store answers with less than was known before it was asked', () => {
    const recent = new RecentEvents();
    const events = from(5, 4);
    recent.add(events);
    recent.checkAgainst({ events: events.slice(0, 2), readUpTo: '6' }, 2, recent.lastPosition);
    recent.checkAgainst({ events, readUpTo: '8' }, 10, recent.lastPosition);
    recent.checkAgainst({ events: events.slice(0, 2), readUpTo: '6' }, 10, '6');
    expect(recent.lastPosition).toBe('8');
    recent.checkAgainst({ events: events.slice(0, 2), readUpTo: '6' }, 10, recent.lastPosition);
    expect(recent.lastPosition).toBeUndefined();
  });

  test('begin anew after a gap, which another process has filled', () => {
    const recent = new RecentEvents();
    recent.add(from(5, 2));
    recent.add(from(9, 1));
    expect(recent.after('4', {})).toBeUndefined();
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
