import { describe, expect, test } from '@jest/globals';
import type { Incoming } from '../event-bus.js';
import { ToldMessages } from './told-messages.js';

const from = (first: number, count: number, value = ''): readonly Incoming[] =>
  Array.from({ length: count }, (_, index) => {
    const offset = String(first + index);
    return { kind: 'event', topic: 't', partition: 0, offset, scope: 's', sourcePosition: offset, id: offset, key: 'k', headers: {}, value };
  });

const taken = (told: ToldMessages, offset: number, messagesMax = 100): readonly string[] | undefined =>
  told.take(BigInt(offset), { messagesMax })?.map((message) => message.offset);

describe('the messages that a partition was told of', () => {
  test('are given out in their order, and once', () => {
    const told = new ToldMessages();
    told.add(from(3, 2));
    told.add(from(5, 2));
    expect(taken(told, 3, 3)).toEqual(['3', '4', '5']);
    expect(told.hasMore).toBe(true);
    expect(taken(told, 6)).toEqual(['6']);
    expect(told.hasMore).toBe(false);
    expect(taken(told, 7)).toBeUndefined();
  });

  test('begin where the reader is, who may have read some of them', () => {
    const told = new ToldMessages();
    told.add(from(3, 4));
    expect(taken(told, 5)).toEqual(['5', '6']);
    told.add(from(7, 1));
    expect(taken(told, 8)).toBeUndefined();
    expect(told.hasMore).toBe(false);
  });

  test('are left to the log when something stands before them that nobody told of', () => {
    const told = new ToldMessages();
    told.add(from(3, 2));
    expect(taken(told, 2)).toBeUndefined();
    expect(told.hasMore).toBe(false);
  });

  test.each([
    ['there is a gap between them', [from(3, 1), from(5, 1)]],
    ['the later ones were told of first', [from(4, 1), from(3, 1)]],
    ['of some it is not known what they are', [from(3, 1), []]],
    ['of the first it is not known what they are', [[], from(3, 1)]],
  ])('are left to the log when %s', (_, appends) => {
    const told = new ToldMessages();
    for (const append of appends) told.add(append);
    expect(taken(told, 3)).toBeUndefined();
    expect(told.hasMore).toBe(false);
    told.add(from(6, 1));
    expect(taken(told, 6)).toEqual(['6']);
  });

  test('are not kept beyond a bound', () => {
    const told = new ToldMessages();
    told.add(from(0, 3, 'x'.repeat(400_000)));
    expect(taken(told, 0)).toBeUndefined();
    told.add(from(3, 2, 'x'.repeat(400_000)));
    expect(taken(told, 3)).toEqual(['3', '4']);
    // Small ones count as well.
    for (let first = 5; first < 5_005; first += 10) told.add(from(first, 10));
    expect(taken(told, 5)).toBeUndefined();
  });
});
