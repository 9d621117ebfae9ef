import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { IncomingBatch } from '../event-bus.js';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { eventually } from '../testing/eventually.js';
import { message } from '../testing/messages.js';
import type { DeliveryTimes } from './group-member.js';
import type { PartitionId } from './polled-log.js';

const never = 3_600_000;

/** Counts the looks of a member; a takeover asks for the end of its one partition as well. */
class CountingBroker extends InMemoryBroker {
  looks = 0;
  /** What the answer to a look waits for on its way. */
  answering: Promise<void> = Promise.resolve();

  override async ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    this.looks += 1;
    const ends = await super.ends(partitions);
    await this.answering;
    return ends;
  }

  /** As another process would, which tells this one nothing. */
  async appendElsewhere(id: string): Promise<void> {
    await this.append('topic', [{ ...message(id, 'k'), kind: 'event', partition: 0 }]);
  }
}

describe('a member polls', () => {
  const buses: InMemoryEventBus[] = [];

  const reading = async (times: Partial<DeliveryTimes>) => {
    const broker = new CountingBroker();
    const bus = new InMemoryEventBus(broker, times);
    buses.push(bus);
    await bus.ensureTopic('topic', { partitions: 1 });
    const taken: string[] = [];
    const handle = async ({ messages }: IncomingBatch): Promise<void> => {
      for (const one of messages) if (one.kind === 'event') taken.push(one.id);
    };
    const consumption = await bus.consume({ group: 'g', topics: ['topic'], checkpoint: async () => undefined, handle });
    return { broker, bus, taken, consumption };
  };

  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close();
  });

  test('not at once after what it was told of, since it has just read to the end', async () => {
    const { broker, bus, taken } = await reading({ pollMs: never, idlePollMs: never });
    const publish = async (id: string): Promise<void> => {
      await bus.publish('topic', [message(id, 'k')]);
      await eventually('it is read', () => taken.includes(id));
    };
    await publish('m-0');
    const { looks } = broker;
    for (let number = 1; number <= 30; number += 1) await publish(`m-${number}`);
    expect(broker.looks).toBe(looks);
  });

  test('soon after a message of another process, however long it would have paused', async () => {
    // By a clock that the test moves: how long the processor is away makes no difference.
    jest.useFakeTimers();
    try {
      const { broker, taken, consumption } = await reading({ pollMs: 20, idlePollMs: never });
      // Each pause is half as long again: by then one takes a third of the minute.
      await jest.advanceTimersByTimeAsync(60_000);
      await broker.appendElsewhere('m-1');
      consumption.wake();
      await jest.advanceTimersByTimeAsync(20);
      expect(taken).toEqual(['m-1']);
      await broker.appendElsewhere('m-2');
      await jest.advanceTimersByTimeAsync(100);
      expect(taken).toEqual(['m-1', 'm-2']);
    } finally {
      jest.useRealTimers();
    }
  });

  test('no sooner for who waits for what it is told of as a rule, but soon', async () => {
    jest.useFakeTimers();
    try {
      const { broker, bus, taken, consumption } = await reading({ pollMs: 20, idlePollMs: never });
      await jest.advanceTimersByTimeAsync(60_000);
      await bus.publish('topic', [message('m-1', 'k')]);
      await jest.advanceTimersByTimeAsync(1);
      expect(taken).toEqual(['m-1']);
      const { looks } = broker;
      consumption.wake();
      await jest.advanceTimersByTimeAsync(10);
      expect(broker.looks).toBe(looks);
      await broker.appendElsewhere('m-2');
      await jest.advanceTimersByTimeAsync(50);
      expect(taken).toEqual(['m-1', 'm-2']);
    } finally {
      jest.useRealTimers();
    }
  });

  test('at once for who waits, and once more for who came while it looked', async () => {
    const { broker, taken, consumption } = await reading({ pollMs: never, idlePollMs: never });
    await eventually('it has taken over', () => broker.looks === 1);
    await broker.appendElsewhere('m-1');
    consumption.wake();
    await eventually('it is read', () => taken.includes('m-1'));
    let answer = (): void => undefined;
    broker.answering = new Promise<void>((resolve) => (answer = resolve));
    const { looks } = broker;
    consumption.wake();
    await eventually('it looks', () => broker.looks === looks + 1);
    await broker.appendElsewhere('m-2');
    consumption.wake();
    answer();
    await eventually('what came meanwhile is read', () => taken.includes('m-2'), 3_000);
  });
});
