import { expect, test } from '@jest/globals';
import type { Consumption, EventBus, IncomingBatch, OutgoingMessage } from '../event-bus.js';
import type { OpenFixture } from './contract-fixture.js';
import { fixtures } from './contract-fixture.js';
import { eventually } from './eventually.js';
import { Ledger } from './ledger.js';
import { manyKeys, message, messages } from './messages.js';

const never = new Promise<void>(() => undefined);

/** How the members of one group share the partitions, through joins, leaves and kills. */
export const membershipContract = (openFixture: OpenFixture): void => {
  const fixture = fixtures(openFixture);

  /** Joins the group; `served` names the member that took each partition last. */
  const join = (bus: EventBus, ledger: Ledger, name: string, served: Map<number, string>): Promise<Consumption> =>
    bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: ledger.checkpoint,
      handle: async (batch) => {
        await ledger.take(batch);
        served.set(batch.partition, name);
      },
    });

  test('members share the partitions fairly, and who leaves is replaced', async () => {
    const broker = await fixture();
    const bus = await broker.open();
    await bus.ensureTopic('topic', { partitions: 4 });
    const ledger = new Ledger();
    const served = new Map<number, string>();
    const shares = (): string => [...served.values()].sort().join();
    const publishUntil = (what: string, wanted: string) =>
      eventually(what, async () => {
        await bus.publishWatermark('topic', { scope: 's', position: '1' });
        return shares() === wanted;
      });
    const first = await join(bus, ledger, 'first', served);
    await publishUntil('the first has all', 'first,first,first,first');
    await join(await broker.open(), ledger, 'second', served);
    await publishUntil('both have two', 'first,first,second,second');
    await join(await broker.open(), ledger, 'third', served);
    await eventually('all three have some', async () => {
      await bus.publishWatermark('topic', { scope: 's', position: '1' });
      return new Set(served.values()).size === 3;
    });
    await first.stop();
    await publishUntil('those who stay have two each', 'second,second,third,third');
    expect(ledger.violations).toEqual([]);
  });

  test('after a kill before the checkpoint another member gets the batch, under a higher fence', async () => {
    const broker = await fixture();
    const doomed = await broker.open();
    await doomed.ensureTopic('topic', { partitions: 1 });
    const ledger = new Ledger();
    const seen: IncomingBatch[] = [];
    await doomed.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: ledger.checkpoint,
      handle: (batch) => {
        seen.push(batch);
        return never;
      },
    });
    await doomed.publish('topic', messages('m', 3, ['k']));
    await eventually('the batch was handed out', () => seen.length === 1);
    const survivor = await broker.open();
    await survivor.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    await broker.crash(doomed);
    await eventually('the survivor has it', () => ledger.events.length === 3);
    expect(ledger.ids()).toEqual(['m-1', 'm-2', 'm-3']);
    expect(ledger.fences.get('topic/0')).toBeGreaterThan(seen[0]?.fence ?? Infinity);
  });

  test('nothing is lost, doubled or out of order while members join, leave and are killed', async () => {
    const broker = await fixture();
    const publisher = await broker.open();
    await publisher.ensureTopic('topic', { partitions: 6 });
    const ledger = new Ledger();
    const served = new Map<number, string>();
    const keys = manyKeys(30);
    const sent: OutgoingMessage[] = [];
    let goOn = true;
    const publishing = (async () => {
      for (let call = 1; goOn; call += 1) {
        const next = messages(`m${call}`, keys.length, keys);
        sent.push(...next);
        await publisher.publish('topic', next);
        await eventually('the readers are not far behind', () => sent.length - ledger.events.length < 300);
      }
    })();
    const buses: EventBus[] = [];
    for (let round = 0; round < 6; round += 1) {
      const bus = await broker.open();
      buses.push(bus);
      const before = ledger.events.length;
      const consumption = await join(bus, ledger, `member ${round}`, served);
      await eventually(`member ${round} serves`, () => [...served.values()].includes(`member ${round}`));
      await eventually('there is progress', () => ledger.events.length > before);
      if (round % 3 === 1) await consumption.stop();
      if (round % 3 === 2) await broker.crash(buses[round - 2] ?? bus);
    }
    goOn = false;
    await publishing;
    await eventually('all arrived', () => ledger.events.length >= sent.length);
    expect(ledger.violations).toEqual([]);
    expect(ledger.events.length).toBe(sent.length);
    for (const key of keys) {
      expect(ledger.idsOf(key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
  });

  test('a member finishes its batch before it gives the partition to another', async () => {
    const broker = await fixture();
    const [first, second] = [await broker.open(), await broker.open()];
    await first.ensureTopic('held', { partitions: 2 });
    await first.ensureTopic('free', { partitions: 2 });
    const ledger = new Ledger();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const served = new Set<string>();
    const running = new Set<number>();
    const joinBoth = (bus: EventBus, name: string): Promise<Consumption> =>
      bus.consume({
        group: 'g',
        topics: ['held', 'free'],
        checkpoint: ledger.checkpoint,
        handle: async (batch) => {
          await ledger.take(batch, async () => {
            if (batch.topic === 'free') return;
            running.add(batch.partition);
            await held;
          });
          served.add(`${name} ${batch.topic}`);
        },
      });
    const mark = { scope: 's', position: '1' };
    await joinBoth(first, 'first');
    await first.publishWatermark('held', mark);
    await eventually('the first member is at work in both partitions', () => running.size === 2);
    await joinBoth(second, 'second');
    await eventually('the second member has its share of the other topic', async () => {
      await first.publishWatermark('free', mark);
      return served.has('second free');
    });
    expect(ledger.violations).toEqual([]);
    letGo();
    await eventually('the second member has its share of the held topic', async () => {
      await first.publishWatermark('held', mark);
      return served.has('second held');
    });
    expect(ledger.violations).toEqual([]);
  });

  test('a member that waits without a partition takes over when one is free', async () => {
    const broker = await fixture();
    const [first, second] = [await broker.open(), await broker.open()];
    await first.ensureTopic('topic', { partitions: 1 });
    const ledger = new Ledger();
    const served = new Map<number, string>();
    const owner = await join(first, ledger, 'first', served);
    await join(second, ledger, 'second', served);
    await first.publish('topic', [message('m-1', 'k')]);
    await eventually('the first member serves', () => served.get(0) === 'first');
    await owner.stop();
    await first.publish('topic', [message('m-2', 'k')]);
    await eventually('the second member serves', () => served.get(0) === 'second');
    expect(ledger.ids()).toEqual(['m-1', 'm-2']);
  });
};
