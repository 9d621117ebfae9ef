import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import type { ProgressRow } from '../postgres/consumer-store.js';
import { hearOfWaiting } from '../relay/local-relays.js';
import { eventually } from '../testing/eventually.js';
import { compareDecimalPositions, Progress } from './progress.js';
import { ProgressReader } from './wait-for-progress.js';

describe('one who waits for a position', () => {
  const opened = async () => {
    const bus = new InMemoryEventBus();
    await bus.ensureTopic('topic', { partitions: 1 });
    const known = new Progress(compareDecimalPositions);
    let [hurried, looks] = [0, 0];
    let elsewhere: readonly ProgressRow[] = [];
    const wake = (): void => void (hurried += 1);
    const nobody = new AbortController().signal;
    const reader = new ProgressReader(
      bus,
      (work) => {
        looks += 1;
        return work({ query: async <Row>() => elsewhere as readonly unknown[] as Row[] });
      },
      new ConsumerStore('none', 'g'),
      known,
      compareDecimalPositions,
      wake,
      nobody,
    );
    const at = (position: number): readonly ProgressRow[] => [
      { topic: 'topic', partition: 0, scope: 'plans', source_position: String(position) },
    ];
    const applied = (position: number): void => {
      known.merge(at(position));
      reader.changed(at(position));
    };
    const appliedElsewhere = (position: number): void => void (elsewhere = at(position));
    return { reader, applied, appliedElsewhere, hurried: () => hurried, looks: () => looks };
  };

  test('does not hurry the delivery while it brings something', async () => {
    const { reader, applied, hurried } = await opened();
    const waiting = reader.waitFor('plans', '200');
    for (let position = 1; position <= 200; position += 1) {
      await setImmediate();
      applied(position);
    }
    await waiting;
    // One or two, where this process had to wait for the processor.
    expect(hurried()).toBeLessThan(20);
  });

  test('tells the relays of this process what it waits for, and nothing where it need not wait', async () => {
    const { reader, applied, hurried } = await opened();
    const told: string[] = [];
    let isComing = true;
    const relayOf = (scope: string): (() => void) =>
      hearOfWaiting(scope, (position) => {
        told.push(`${scope}:${position}`);
        return isComing;
      });
    const [plans, others] = [relayOf('plans'), relayOf('others')];
    const waiting = reader.waitFor('plans', '7');
    await eventually('it is told again', () => told.length >= 3);
    expect(hurried()).toBe(0); // There is nothing on the bus yet.
    isComing = false;
    await eventually('it hurries the delivery', () => hurried() > 0);
    applied(7);
    await waiting;
    expect(new Set(told)).toEqual(new Set(['plans:7']));
    told.length = 0;
    await reader.waitFor('plans', '7');
    plans();
    const later = reader.waitFor('plans', '8');
    applied(8);
    await later;
    expect(told).toEqual([]);
    others();
  });

  test('looks at once for what other copies have applied, unless none has of late', async () => {
    const { reader, applied, appliedElsewhere, looks } = await opened();
    appliedElsewhere(1);
    await reader.waitFor('plans', '1');
    appliedElsewhere(2);
    await reader.waitFor('plans', '2');
    expect(looks()).toBe(2);

    // By a clock that goes on with every look at it.
    let time_ms = performance.now() + 60_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (time_ms += 1));
    try {
      const waiting = reader.waitFor('plans', '3');
      await setImmediate();
      applied(3);
      await waiting;
      expect(looks()).toBe(2);
      // What this process moves is not taken for the work of others, though a look may see it first.
      appliedElsewhere(4);
      await reader.waitFor('plans', '4');
      const seen = looks();
      const again = reader.waitFor('plans', '5');
      await setImmediate();
      applied(5);
      await again;
      expect(looks()).toBe(seen);

      time_ms += 60_000;
      appliedElsewhere(6);
      await reader.waitFor('plans', '6');
      const found = looks();
      appliedElsewhere(7);
      await reader.waitFor('plans', '7');
      expect(looks()).toBe(found + 1);
    } finally {
      clock.mockRestore();
    }
  });

  test('hurries it again and again while nothing comes', async () => {
    const { reader, applied, hurried } = await opened();
    const waiting = reader.waitFor('plans', '1');
    while (hurried() < 3) await pause(1);
    applied(1);
    await waiting;
    const before = hurried();
    await pause(40);
    expect(hurried()).toBe(before);
  });
});
