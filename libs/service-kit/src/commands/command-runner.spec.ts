import { accept, reject } from '@cairn/decider';
import type { Decider, DomainEvent } from '@cairn/decider';
import { Clock, InMemoryEventLog, InMemoryEventStore } from '@cairn/event-store';
import { describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';

import type { CommandMeta } from './command-meta.js';
import { CommandRunner } from './command-runner.js';
import type { EventCatalogue } from './event-catalogue.js';
import { UnreadableEventError } from './event-catalogue.js';

// A stone is laid on a pile; five are too many.
type StoneLaid = DomainEvent<'StoneLaid', { readonly weight_g: number }>;
type TooHigh = { readonly type: 'TooHigh'; readonly stones: number };
const pile: Decider<{ readonly weight_g: number }, number, StoneLaid, TooHigh> = {
  initialState: 0,
  evolve: (stones) => stones + 1,
  decide: ({ weight_g }, stones) => {
    if (stones >= 5) return reject({ type: 'TooHigh', stones });
    if (weight_g === 0) return accept();
    return accept({ type: 'StoneLaid', occurredAt: '2025-01-01T00:00:00.000Z', data: { weight_g } });
  },
};
const catalogue: EventCatalogue<StoneLaid> = { StoneLaid: { schemaVersion: 1, data: z.object({ weight_g: z.number() }) } };

class FixedClock extends Clock {
  now(): string {
    return '2025-02-01T00:00:00.000Z';
  }
}

const meta: CommandMeta = { actor: 'operator', correlationId: 'c-1' };

const open = () => {
  const clock = new FixedClock();
  const store = new InMemoryEventStore({ scope: 'test', clock, log: new InMemoryEventLog() });
  const runner = new CommandRunner(store, clock);
  const lay = (weight_g: number, more: Partial<CommandMeta> = {}) =>
    runner.run({ stream: 'test.pile-1', district: 'mnps', decider: pile, catalogue, command: { weight_g }, meta: { ...meta, ...more } });
  return { store, runner, lay };
};

describe('the command runner', () => {
  test('stores what the decision states and answers version and position', async () => {
    const { store, lay } = open();
    const outcome = await lay(3, { onBehalfOf: 'coach-1' });
    expect(outcome).toMatchObject({ outcome: 'done', answer: { stream: 'test.pile-1', version: 1, position: `test:${await store.head()}` } });
    const [event] = await store.readStream('test.pile-1');
    expect(event).toMatchObject({ type: 'StoneLaid', actor: 'operator', onBehalfOf: 'coach-1', district: 'mnps', data: { weight_g: 3 } });
  });

  test('decides on the stream that was read ahead, and reads it anew when somebody was faster', async () => {
    const { store, runner, lay } = open();
    const reading = jest.spyOn(store, 'readStream');
    const layOn = (weight_g: number, history: ReturnType<CommandRunner['readAhead']>) =>
      runner.run({ stream: 'test.pile-1', district: 'mnps', decider: pile, catalogue, command: { weight_g }, meta, history });
    await lay(1);
    reading.mockClear();
    expect(await layOn(2, runner.readAhead('test.pile-1'))).toMatchObject({ answer: { version: 2 } });
    expect(reading).toHaveBeenCalledTimes(1);

    const early = runner.readAhead('test.pile-1');
    await early;
    await lay(3);
    expect(await layOn(4, early)).toMatchObject({ answer: { version: 4 } });
    expect((await store.readStream('test.pile-1')).map(({ data }) => data)).toEqual([1, 2, 3, 4].map((weight_g) => ({ weight_g })));
  });

  test('passes over a failure of what was read ahead, unless a command needs it', async () => {
    const { store, runner, lay } = open();
    await lay(1);
    jest.spyOn(store, 'readStream').mockRejectedValueOnce(new Error('away'));
    const failed = runner.readAhead('test.pile-1');
    await new Promise((resolve) => setImmediate(resolve));
    const command = { weight_g: 2 };
    await expect(runner.run({ stream: 'test.pile-1', district: 'mnps', decider: pile, catalogue, command, meta, history: failed })).rejects.toThrow('away');
  });

  test('stores nothing when the decision refuses', async () => {
    const { store, lay } = open();
    for (let n = 1; n <= 5; n += 1) await lay(n);
    expect(await lay(6)).toEqual({ outcome: 'rejected', rejection: { type: 'TooHigh', stones: 5 } });
    expect(await store.readStream('test.pile-1')).toHaveLength(5);
  });

  test('a command that changes nothing is a success', async () => {
    const { lay } = open();
    await lay(3);
    expect(await lay(0)).toMatchObject({ outcome: 'done', answer: { version: 1, events: [] } });
  });

  test('the same key and content again answers as the first time, also after later events', async () => {
    const { store, lay } = open();
    const keyed = { commandKey: 'k-1', commandDigest: 'd-1' };
    const first = await lay(3, keyed);
    await lay(4);
    expect(await lay(3, keyed)).toEqual(first);
    expect(await store.readStream('test.pile-1')).toHaveLength(2);
  });

  test('the same key with other content is refused', async () => {
    const { lay } = open();
    await lay(3, { commandKey: 'k-1', commandDigest: 'd-1' });
    expect(await lay(4, { commandKey: 'k-1', commandDigest: 'd-2' })).toEqual({
      outcome: 'rejected',
      rejection: { type: 'IdempotencyKeyReused', commandKey: 'k-1' },
    });
  });

  test('one key sent twice at once is done once', async () => {
    const { store, lay } = open();
    const keyed = { commandKey: 'k-1', commandDigest: 'd-1' };
    const doubles = ['c-1', 'c-2', 'c-3'].map((correlationId) => lay(3, { ...keyed, correlationId }));
    const outcomes = await Promise.all(doubles);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await store.readStream('test.pile-1')).toHaveLength(1);
  });

  test('decides on the version that the caller saw, or not at all', async () => {
    const { lay } = open();
    await lay(3);
    expect(await lay(4, { ifMatch: 0 })).toEqual({ outcome: 'rejected', rejection: { type: 'VersionMismatch', expected: 0, actual: 1 } });
    expect(await lay(4, { ifMatch: 1 })).toMatchObject({ outcome: 'done', answer: { version: 2 } });
  });

  test('does not decide on an event that it cannot read', async () => {
    const { store, lay } = open();
    await store.append('test.pile-1', 'no-stream', [
      {
        id: '11111111-1111-4111-8111-111111111111',
        type: 'StoneLaid',
        schemaVersion: 2,
        district: 'mnps',
        occurredAt: '2025-01-01T00:00:00.000Z',
        actor: 'operator',
        correlationId: 'c-1',
        data: { weight_g: 3, colour: 'grey' },
      },
    ]);
    await expect(lay(4)).rejects.toThrow(UnreadableEventError);
  });
});
