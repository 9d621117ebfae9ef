import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import { compareDecimalPositions, Progress } from './progress.js';
import { ProgressReader } from './wait-for-progress.js';

describe('one who waits for a position', () => {
  const opened = async () => {
    const bus = new InMemoryEventBus();
    await bus.ensureTopic('topic', { partitions: 1 });
    const known = new Progress(compareDecimalPositions);
    let hurried = 0;
    const wake = (): void => void (hurried += 1);
    const nobody = new AbortController().signal;
    const reader = new ProgressReader(
      bus,
      (work) => work({ query: async () => [] }),
      new ConsumerStore('none', 'g'),
      known,
      compareDecimalPositions,
      wake,
      nobody,
    );
    const applied = (position: number): void => {
      known.merge([{ topic: 'topic', partition: 0, scope: 'plans', source_position: String(position) }]);
      reader.changed();
    };
    return { reader, applied, hurried: () => hurried };
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
