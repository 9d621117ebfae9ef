import { describe, expect, test } from '@jest/globals';
import type { EventBus, IncomingBatch } from '../event-bus.js';
import { InvalidMessageError } from '../event-bus.js';
import type { OpenFixture } from './contract-fixture.js';
import { fixtures } from './contract-fixture.js';
import { eventually } from './eventually.js';
import { Ledger } from './ledger.js';
import { manyKeys, message, messages } from './messages.js';

const consume = (bus: EventBus, group: string, ledger: Ledger, handle = ledger.handle) =>
  bus.consume({ group, topics: ['topic'], checkpoint: ledger.checkpoint, handle });

/** How one member of a group is served. */
export const deliveryContract = (openFixture: OpenFixture): void => {
  const fixture = fixtures(openFixture);
  const opened = async (partitions = 4) => {
    const broker = await fixture();
    const bus = await broker.open();
    await bus.ensureTopic('topic', { partitions });
    return { broker, bus, ledger: new Ledger() };
  };

  describe('groups', () => {
    test('a new group starts at the beginning, and several are independent', async () => {
      const { bus, ledger } = await opened();
      const sent = messages('m', 100, manyKeys(10));
      await bus.publish('topic', sent);
      await consume(bus, 'first', ledger);
      await eventually('the first group has all', () => ledger.events.length === 100);
      const other = new Ledger();
      await consume(bus, 'second', other);
      await eventually('the second group has all', () => other.events.length === 100);
      await bus.publish('topic', [message('m-101', 'k')]);
      await eventually('both have the last', () => [ledger, other].every((one) => one.events.length === 101));
    });

    test('a member goes on behind the checkpoint that its group has kept', async () => {
      const { bus, ledger } = await opened();
      const consumption = await consume(bus, 'g', ledger);
      await bus.publish('topic', messages('m', 50, manyKeys(10)));
      await eventually('the first half arrived', () => ledger.events.length === 50);
      await consumption.stop();
      await bus.publish('topic', messages('n', 50, manyKeys(10)));
      await consume(bus, 'g', ledger);
      await eventually('the second half arrived', () => ledger.events.length === 100);
      expect(new Set(ledger.ids()).size).toBe(100);
    });

    test('a member that names no topic is refused', async () => {
      const { bus, ledger } = await opened();
      const options = { group: 'g', topics: [], checkpoint: ledger.checkpoint, handle: ledger.handle };
      await expect(bus.consume(options)).rejects.toThrow(InvalidMessageError);
    });

    test('one member serves several topics', async () => {
      const { bus, ledger } = await opened();
      await bus.ensureTopic('second', { partitions: 2 });
      const topics = ['topic', 'second'];
      await bus.consume({ group: 'g', topics, checkpoint: ledger.checkpoint, handle: ledger.handle });
      await bus.publish('topic', messages('m', 20, manyKeys(10)));
      await bus.publish('second', messages('n', 20, manyKeys(10)));
      await eventually('both topics arrived', () => ledger.events.length === 40);
      expect(ledger.events.filter(({ topic }) => topic === 'second').every(({ id }) => id.startsWith('n-'))).toBe(true);
    });
  });

  describe('failures', () => {
    test('a batch whose handler throws comes again, and nothing of its partition overtakes it', async () => {
      const { bus, ledger } = await opened(1);
      const errors: unknown[] = [];
      const attempts: string[] = [];
      await bus.publish('topic', messages('m', 3, ['k']));
      await bus.consume({
        group: 'g',
        topics: ['topic'],
        checkpoint: ledger.checkpoint,
        onError: (error) => errors.push(error),
        handle: async (batch) => {
          attempts.push(batch.messages[0]?.offset ?? '');
          if (attempts.length < 3) throw new Error('not yet');
          await ledger.take(batch);
        },
      });
      await bus.publish('topic', messages('n', 3, ['k']));
      await eventually('all arrived', () => ledger.events.length === 6);
      expect(attempts.slice(0, 3)).toEqual(['0', '0', '0']);
      expect(errors).toEqual([new Error('not yet'), new Error('not yet')]);
      expect(ledger.ids()).toEqual(['m-1', 'm-2', 'm-3', 'n-1', 'n-2', 'n-3']);
    });

    test('a partition that fails does not hold back the others', async () => {
      const { bus, ledger } = await opened(4);
      const keys = manyKeys(20);
      const stuck = await bus.partitionOf('topic', 'school-1');
      await consume(bus, 'g', ledger, async (batch: IncomingBatch) => {
        if (batch.partition === stuck) throw new Error('stuck');
        await ledger.take(batch);
      });
      const sent = messages('m', 200, keys);
      await bus.publish('topic', sent);
      const places = await Promise.all(sent.map(({ key }) => bus.partitionOf('topic', key)));
      const others = sent.filter((_, at) => places[at] !== stuck);
      await eventually('the other partitions arrived', () => ledger.events.length === others.length);
    });

    test('an effect that was kept although the handler threw is not handed out again', async () => {
      const { bus, ledger } = await opened(1);
      let failed = false;
      await consume(bus, 'g', ledger, async (batch: IncomingBatch) => {
        await ledger.take(batch);
        if (failed) return;
        failed = true;
        throw new Error('the answer was lost after the commit');
      });
      await bus.publish('topic', messages('m', 5, ['k']));
      await eventually('the answer was lost', () => failed);
      await bus.publish('topic', messages('n', 5, ['k']));
      await eventually('all arrived', () => ledger.events.length === 10);
      expect(ledger.violations).toEqual([]);
    });

    test('a checkpoint that cannot be read is asked again', async () => {
      const { bus, ledger } = await opened(1);
      let asked = 0;
      await bus.publish('topic', [message('m-1', 'k')]);
      await bus.consume({
        group: 'g',
        topics: ['topic'],
        handle: ledger.handle,
        checkpoint: async (topic, partition) => {
          asked += 1;
          if (asked < 3) throw new Error('the database is away');
          return ledger.checkpoint(topic, partition);
        },
      });
      await eventually('the message arrived', () => ledger.events.length === 1);
    });
  });

  describe('stopping', () => {
    test('waits for the handler that runs, and ends delivery', async () => {
      const { bus, ledger } = await opened(1);
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => (letGo = resolve));
      let running = false;
      const consumption = await consume(bus, 'g', ledger, (batch: IncomingBatch) =>
        ledger.take(batch, () => {
          running = true;
          return held;
        }),
      );
      await bus.publish('topic', [message('m-1', 'k')]);
      await eventually('the handler runs', () => running);
      let stopped = false;
      const stopping = consumption.stop().then(() => (stopped = true));
      await bus.publish('topic', [message('m-2', 'k')]);
      const other = new Ledger();
      await consume(bus, 'other', other);
      await eventually('another group has both', () => other.events.length === 2);
      expect(stopped).toBe(false);
      letGo();
      await stopping;
      expect(ledger.ids()).toEqual(['m-1']);
      await bus.publish('topic', [message('m-3', 'k')]);
      await eventually('the other group has all', () => other.events.length === 3);
      expect(ledger.ids()).toEqual(['m-1']);
      await consumption.stop();
    });

    test('wake is harmless at any time', async () => {
      const { bus, ledger } = await opened(1);
      const consumption = await consume(bus, 'g', ledger);
      for (let time = 0; time < 100; time += 1) consumption.wake();
      await bus.publish('topic', [message('m-1', 'k')]);
      await eventually('the message arrived', () => ledger.events.length === 1);
      await consumption.stop();
      consumption.wake();
    });
  });

  describe('memory', () => {
    test('a slow consumer is handed one batch per partition at a time, of the size it asked for', async () => {
      const { bus, ledger } = await opened(2);
      let handed = 0;
      let most = 0;
      await bus.consume({
        group: 'slow',
        topics: ['topic'],
        batchMessagesMax: 50,
        checkpoint: ledger.checkpoint,
        handle: (batch) =>
          ledger.take(batch, async () => {
            handed += batch.messages.length;
            most = Math.max(most, handed);
            await new Promise((resolve) => setTimeout(resolve, 2));
            handed -= batch.messages.length;
          }),
      });
      const swift = new Ledger();
      await consume(bus, 'swift', swift);
      for (let round = 0; round < 10; round += 1) await bus.publish('topic', messages(`m${round}`, 300, manyKeys(30)));
      await eventually('the swift group has all', () => swift.events.length === 3_000);
      await eventually('the slow group has all', () => ledger.events.length === 3_000);
      expect(ledger.batchMessagesSeen).toBeLessThanOrEqual(50);
      expect(most).toBeLessThanOrEqual(2 * 50);
      expect(ledger.violations).toEqual([]);
    });

    test('a batch ends early when its messages are large', async () => {
      const { bus, ledger } = await opened(1);
      const value = `"${'x'.repeat(1_000_000)}"`;
      for (let at = 1; at <= 12; at += 1) await bus.publish('topic', [message(`m-${at}`, 'k', { value })]);
      await consume(bus, 'g', ledger);
      await eventually('all arrived', () => ledger.events.length === 12);
      expect(ledger.batchMessagesSeen).toBeLessThanOrEqual(5);
    });
  });
};
