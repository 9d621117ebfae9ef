import { describe, expect, test } from '@jest/globals';
import { migrateConsumerTables } from '../postgres/consumer-tables.js';
import { batchOf, ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { StaleOwnerError } from './failures.js';

describe('a consumer applies each message once', () => {
  const fixture = consumerFixture();

  test('messages that are published again have no second effect', async () => {
    const sent = messages('m', 200, manyKeys(20));
    await fixture().bus.publish('topic', sent);
    fixture().start();
    await eventually('all are applied', async () => (await fixture().effects()).length === 200);
    await fixture().bus.publish('topic', [...sent, ...sent]);
    await fixture().bus.publish('topic', [message('last', 'school-1')]);
    await eventually('the last is applied', async () => (await fixture().effectIds()).includes('last'));
    expect((await fixture().effectIds()).filter((id) => id !== 'last').sort()).toEqual(sent.map(({ id }) => id).sort());
  });

  test('a batch that is delivered twice has the effect of one', async () => {
    const hand = fixture().byHand();
    fixture().start({ bus: hand.bus });
    await hand.deliver(batchOf(['m-1', 'm-2'], 1));
    await hand.deliver(batchOf(['m-1', 'm-2'], 1));
    await hand.deliver(batchOf(['m-2', 'm-2', 'm-3'], 1, 1));
    expect(await fixture().effectIds()).toEqual(['m-1', 'm-2', 'm-3']);
  });

  test('an owner that was replaced is refused, and the checkpoint does not go back', async () => {
    const hand = fixture().byHand();
    fixture().start({ bus: hand.bus });
    await hand.deliver(batchOf(['m-1', 'm-2', 'm-3'], 2));
    await expect(hand.deliver(batchOf(['m-9'], 1, 3))).rejects.toThrow(StaleOwnerError);
    await hand.deliver(batchOf(['m-1'], 3));
    const checkpoints = `SELECT last_offset, fence FROM ${ConsumerFixture.schema}.consumer_checkpoint`;
    const { rows } = await fixture().pool.query(checkpoints);
    expect(rows).toEqual([{ last_offset: '2', fence: '3' }]);
    expect(await fixture().effectIds()).toEqual(['m-1', 'm-2', 'm-3']);
  });

  test('two copies of a service that are killed and joined by a third lose nothing and double nothing', async () => {
    const doomed = fixture().openBus();
    fixture().start({ bus: doomed });
    fixture().start({ bus: fixture().openBus() });
    const keys = manyKeys(24);
    const sent = messages('m', 1_200, keys);
    for (let at = 0; at < sent.length; at += 60) {
      await fixture().bus.publish('topic', sent.slice(at, at + 60));
      if (at === 480) await doomed.abandon();
      if (at === 720) fixture().start({ bus: fixture().openBus() });
    }
    await eventually('all are applied', async () => (await fixture().effects()).length >= sent.length);
    const applied = await fixture().effects();
    for (const key of keys) {
      const own = applied.filter((effect) => effect.key === key).map(({ id }) => id);
      expect(own).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
  });

  test('says how many messages are left, and takes up its own pace', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const consumer = fixture().start({ apply: () => held });
    expect(await consumer.lag()).toBe(0);
    await fixture().bus.publish('topic', messages('m', 40, manyKeys(10)));
    await fixture().bus.publishWatermark('topic', { scope: 's', position: '1' });
    await eventually('the lag is seen', async () => (await consumer.lag()) === 44);
    letGo();
    await eventually('the lag is gone', async () => (await consumer.lag()) === 0);
  });

  test('knows when it has taken in what was there at a moment, whatever has come since', async () => {
    const { bus, deliver } = fixture().byHand();
    let end = 2;
    Object.assign(bus, { partitionOf: async () => 0, ends: async () => [String(end)] });
    const consumer = fixture().start({ bus });
    const first = await consumer.ends();
    end = 5;
    await deliver(batchOf(['m-1'], 1));
    expect(await consumer.hasTakenIn(first)).toBe(false);
    await deliver(batchOf(['m-2'], 1, 1));
    expect(await consumer.hasTakenIn(first)).toBe(true);
    expect(await consumer.hasTakenIn(await consumer.ends())).toBe(false);
    end = 1; // The log holds less than was taken in of it: it is another one.
    expect(await consumer.hasTakenIn(first)).toBe(false);
  });

  test('joins once the topic is made', async () => {
    const errors: unknown[] = [];
    const consumer = fixture().start({ topics: ['later'], onError: (error) => errors.push(error) });
    await eventually('it has tried', () => errors.length > 1);
    expect(consumer.joined).toBe(false);
    await fixture().bus.ensureTopic('later', { partitions: 2 });
    await fixture().bus.publish('later', [message('m-1', 'k')]);
    await eventually('it is applied', async () => (await fixture().effects()).length === 1);
    expect(consumer.joined).toBe(true);
  });

  test('its tables are laid out by several processes at once, and again', async () => {
    await fixture().pool.query('CREATE SCHEMA other');
    await Promise.all(Array.from({ length: 6 }, () => migrateConsumerTables(fixture().inTransaction, 'other')));
    await migrateConsumerTables(fixture().inTransaction, 'other');
  });
});
