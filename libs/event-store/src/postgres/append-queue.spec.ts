import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import { anEvent, gate, ManualClock, until } from '../testing/index.js';
import { checkAppend } from '../validate-append.js';
import { AppendCommand } from './append-command.js';
import { AppendQueue, flushLimits } from './append-queue.js';

const later = Number.POSITIVE_INFINITY;

const command = (stream: string, options: { deadlineMs?: number; data?: string; events?: number } = {}): AppendCommand => {
  const events = Array.from({ length: options.events ?? 1 }, () => anEvent({ data: options.data ?? '' }));
  const append = checkAppend('scope', `scope.cairn-${stream}`, 'no-stream', events, new ManualClock().now());
  return new AppendCommand(append, options.deadlineMs ?? later);
};

/** A queue whose flushes wait at a door, and what each was given. */
const queueWithDoor = (isNodeBusy?: () => boolean) => {
  const flushed: (readonly AppendCommand[])[] = [];
  const door = gate();
  const queue = new AppendQueue(async (batch) => {
    flushed.push(batch);
    await door.passed;
    for (const each of batch) each.succeed({ stream: each.append.stream, version: 1, position: '1', events: [] });
  }, isNodeBusy);
  return { queue, flushed, door };
};

describe('the queue of appends', () => {
  test('merges what comes in one turn, and what comes during a flush', async () => {
    const { queue, flushed, door } = queueWithDoor();
    queue.push(command('a'));
    queue.push(command('b'));
    await until('the first flush', () => flushed.length === 1);
    for (const stream of ['c', 'd', 'e']) queue.push(command(stream));

    door.open();
    await queue.idle();

    expect(flushed.map((batch) => batch.length)).toEqual([2, 3]);
  });

  test('takes one append of each stream at a time, in the order of the calls', async () => {
    const { queue, flushed, door } = queueWithDoor();
    const commands = ['a', 'a', 'b', 'a', 'b', 'c'].map((stream) => command(stream));
    commands.forEach((each) => queue.push(each));
    door.open();
    await queue.idle();

    const [a1, a2, b1, a3, b2, c1] = commands;
    expect(flushed).toEqual([[a1, b1, c1], [a2, b2], [a3]]);
  });

  test('takes no more appends at a time than the limit', async () => {
    const { queue, flushed, door } = queueWithDoor();
    for (let index = 0; index <= flushLimits.commandsMax; index += 1) queue.push(command(String(index)));
    door.open();
    await queue.idle();

    expect(flushed.map((batch) => batch.length)).toEqual([flushLimits.commandsMax, 1]);
  });

  test('hands a second flush over while the first is under way once it is whole, and no third', async () => {
    const { queue, flushed, door } = queueWithDoor();
    queue.push(command('first'));
    await until('the first flush', () => flushed.length === 1);
    for (let index = 1; index < flushLimits.commandsMax; index += 1) queue.push(command(String(index)));
    await until('a turn of the event loop', () => true);
    expect(flushed).toHaveLength(1);

    for (let index = 0; index <= flushLimits.commandsMax; index += 1) queue.push(command(`more ${index}`));
    await until('the second flush', () => flushed.length === 2);
    await until('a turn of the event loop', () => true);
    expect(flushed.map((batch) => batch.length)).toEqual([1, flushLimits.commandsMax]);
    door.open();
    await queue.idle();
    expect(flushed.map((batch) => batch.length)).toEqual([1, flushLimits.commandsMax, flushLimits.commandsMax]);
  });

  test.each([
    ['in two halves where Node is busy', true, 8, 10, [4, 4]],
    ['in two halves of about as many events', true, 5, 20, [3, 2]],
    ['together where Node is idle', false, 8, 10, [8]],
    ['together where half of them would be few', true, 7, 9, [7]],
  ])('hands over what waits %s', async (_, busy, commands, events, sizes) => {
    const { queue, flushed, door } = queueWithDoor(() => busy);
    const pushed = Array.from({ length: commands }, (__, index) => command(String(index), { events }));
    for (const each of pushed) queue.push(each);
    await until('a flush', () => flushed.length > 0);
    await until('a turn of the event loop', () => true);
    expect(flushed.map((batch) => batch.length)).toEqual(sizes);
    expect(flushed.flat()).toEqual(pushed);
    door.open();
    await queue.idle();
  });

  test('hands half a flush over while another is under way where Node is busy, and no third', async () => {
    const { queue, flushed, door } = queueWithDoor(() => true);
    queue.push(command('first'));
    await until('the first flush', () => flushed.length === 1);
    for (let index = 1; index < flushLimits.halfEventsMin; index += 1) queue.push(command(String(index)));
    await until('a turn of the event loop', () => true);
    expect(flushed).toHaveLength(1);

    queue.push(command('the last of a half'));
    await until('the second flush', () => flushed.length === 2);
    for (let index = 0; index < flushLimits.halfEventsMin; index += 1) queue.push(command(`more ${index}`));
    await until('a turn of the event loop', () => true);
    door.open();
    await queue.idle();
    const half = flushLimits.halfEventsMin;
    expect(flushed.map((batch) => batch.length)).toEqual([1, half, half]);
  });

  test('keeps an append back while one of its stream is under way in another flush', async () => {
    const { queue, flushed, door } = queueWithDoor();
    queue.push(command('a'));
    await until('the first flush', () => flushed.length === 1);
    const second = command('a');
    queue.push(second);
    for (let index = 1; index <= flushLimits.commandsMax; index += 1) queue.push(command(String(index)));
    await until('the second flush', () => flushed.length === 2);
    expect(flushed[1]).not.toContain(second);
    door.open();
    await queue.idle();
    expect(flushed[2]).toEqual([second]);
  });

  test('takes no more bytes at a time than the limit, and lets nothing overtake in its stream', async () => {
    const { queue, flushed, door } = queueWithDoor();
    const data = 'x'.repeat(900_000);
    for (let index = 0; index < 9; index += 1) queue.push(command(String(index), { data }));
    queue.push(command('8'));
    door.open();
    await queue.idle();

    expect(flushed.map((batch) => batch.length)).toEqual([8, 1, 1]);
  });

  test('refuses what waited past its deadline, as not stored', async () => {
    const { queue, flushed, door } = queueWithDoor();
    const late = command('a', { deadlineMs: performance.now() - 1 });
    const inTime = command('b');
    queue.push(late);
    queue.push(inTime);
    door.open();

    await expect(late.answer).rejects.toBeInstanceOf(EventStoreUnavailableError);
    await queue.idle();
    expect(flushed).toEqual([[inTime]]);
  });

  test('refuses more than may wait', async () => {
    const { queue, flushed, door } = queueWithDoor();
    for (let index = 0; index < flushLimits.waitingCommandsMax; index += 1) queue.push(command('a'));
    expect(() => queue.push(command('a', { deadlineMs: later }))).toThrow(EventStoreUnavailableError);
    expect(flushed).toEqual([]);
    door.open();
  });

  test('tries again first what was given back', async () => {
    const tried: (readonly AppendCommand[])[] = [];
    const [once, twice] = [command('a'), command('b')];
    const queue: AppendQueue = new AppendQueue(async (batch) => {
      tried.push(batch);
      if (tried.length === 1) queue.putBack(twice);
    });
    queue.push(once);
    queue.push(twice);
    await queue.idle();

    expect(tried).toEqual([[once, twice], [twice]]);
  });
});
