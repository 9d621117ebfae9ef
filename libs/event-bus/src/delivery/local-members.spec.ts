import { afterEach, describe, expect, test } from '@jest/globals';
import type { Incoming, IncomingBatch } from '../event-bus.js';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { eventually } from '../testing/eventually.js';
import { message } from '../testing/messages.js';
import type { DeliveryTimes } from './group-member.js';
import type { FirstOffsets, LogEntry } from './polled-log.js';

const never = 3_600_000;
const unpolled: Partial<DeliveryTimes> = { pollMs: never, idlePollMs: never };

describe('what a bus tells the readers of its process', () => {
  const buses: InMemoryEventBus[] = [];

  const open = async (broker: InMemoryBroker, times: Partial<DeliveryTimes>): Promise<InMemoryEventBus> => {
    const bus = new InMemoryEventBus(broker, times);
    buses.push(bus);
    await bus.ensureTopic('topic', { partitions: 2 });
    return bus;
  };

  const reading = async (
    bus: InMemoryEventBus,
    work: () => Promise<void> = async () => undefined,
  ): Promise<{ taken: string[]; errors: unknown[] }> => {
    const [taken, errors]: [string[], unknown[]] = [[], []];
    const handle = async ({ messages }: IncomingBatch): Promise<void> => {
      await work();
      for (const one of messages) taken.push(one.kind === 'event' ? one.id : `mark ${one.partition}`);
    };
    const checkpoint = async (): Promise<undefined> => undefined;
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint, handle, onError: (error) => errors.push(error) });
    return { taken, errors };
  };

  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close();
  });

  test('is read at once, by whichever bus they joined', async () => {
    const broker = new InMemoryBroker();
    const { taken } = await reading(await open(broker, unpolled));
    const publisher = await open(broker, unpolled);
    await publisher.publish('topic', [message('m-1', 'a')]);
    await eventually('the event is read', () => taken.includes('m-1'));
    await publisher.publishWatermark('topic', { scope: 'test', position: '7' });
    await eventually('the marks are read', () => taken.length === 3);
    expect([...taken].sort()).toEqual(['m-1', 'mark 0', 'mark 1']);
  });

  test('is not read from the log, as long as nobody else appends', async () => {
    class CountingReads extends InMemoryBroker {
      reads = 0;
      override async read(...asked: Parameters<InMemoryBroker['read']>): Promise<readonly Incoming[]> {
        this.reads += 1;
        return super.read(...asked);
      }
    }
    const broker = new CountingReads();
    const bus = await open(broker, unpolled);
    const { taken } = await reading(bus);
    await bus.publish('topic', [message('m-1', 'a')]);
    await eventually('it is there', () => taken.includes('m-1'));
    const { reads } = broker;
    for (const id of ['m-2', 'm-3']) await bus.publish('topic', [message(id, 'a')], { scope: 'test', position: id.slice(2) });
    await eventually('all are there', () => taken.includes('m-3'));
    expect(broker.reads).toBe(reads);

    // Without a word, as another process would: what follows is told, and shows that it was not all.
    await broker.append('topic', [{ ...message('m-4', 'a'), kind: 'event', partition: await bus.partitionOf('topic', 'a') }]);
    await bus.publish('topic', [message('m-5', 'a')]);
    await eventually('both are there', () => taken.includes('m-5'));
    expect(taken.filter((id) => id.startsWith('m-'))).toEqual(['m-1', 'm-2', 'm-3', 'm-4', 'm-5']);
  });

  test('is read also when what was appended first is told of last', async () => {
    class Crossing extends InMemoryBroker {
      readonly answers: (() => void)[] = [];
      isHeldUp = false;
      override async append(topic: string, entries: readonly LogEntry[]): Promise<FirstOffsets> {
        const firsts = await super.append(topic, entries);
        if (this.isHeldUp) await new Promise<void>((resolve) => this.answers.push(resolve));
        return firsts;
      }
    }
    const broker = new Crossing();
    const bus = await open(broker, unpolled);
    let [isAtWork, finish] = [false, (): void => undefined];
    const { taken } = await reading(bus, async () => {
      if (taken.length > 0) return;
      isAtWork = true;
      await new Promise<void>((resolve) => (finish = resolve));
    });
    await bus.publish('topic', [message('m-1', 'a')]);
    await eventually('the reader is busy with it', () => isAtWork);
    broker.isHeldUp = true;
    const publishing = [bus.publish('topic', [message('m-2', 'a')]), bus.publish('topic', [message('m-3', 'a')])];
    await eventually('both are appended', () => broker.answers.length === 2);
    for (const answer of broker.answers.reverse()) answer();
    await Promise.all(publishing);
    finish();
    await eventually('both are read', () => taken.includes('m-3'));
    expect(taken).toEqual(['m-1', 'm-2', 'm-3']);
  });

  test('leaves its turn to the heartbeats of others, however fast a publisher goes', async () => {
    const bus = await open(new InMemoryBroker(), unpolled);
    const { taken } = await reading(bus);
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    for (let number = 1; number <= 300; number += 1) await bus.publish('topic', [message(`m-${number}`, 'a')]);
    counting = false;
    expect(turns).toBeGreaterThanOrEqual(300);
    await eventually('everything is read', () => taken.length === 300);
  });

  test('does no harm when a poll was first', async () => {
    let read = (): boolean => true;
    class SlowToAnswer extends InMemoryBroker {
      override async append(topic: string, entries: readonly LogEntry[]): Promise<FirstOffsets> {
        const firsts = await super.append(topic, entries);
        await eventually('a poll has found it', () => read());
        return firsts;
      }
    }
    const bus = await open(new SlowToAnswer(), {});
    const { taken, errors } = await reading(bus);
    for (const id of ['m-1', 'm-2', 'm-3']) {
      read = () => taken.includes(id);
      await bus.publish('topic', [message(id, 'a')]);
    }
    expect(taken).toEqual(['m-1', 'm-2', 'm-3']);
    expect(errors).toEqual([]);
  });
});
