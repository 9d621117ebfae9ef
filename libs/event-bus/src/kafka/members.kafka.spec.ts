import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import type { IncomingBatch } from '../event-bus.js';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { KafkaFixture, kafkaFixture } from './testing/kafka-fixture.js';

const stormMs = Number(process.env['CAIRN_STORM_SECONDS'] ?? 20) * 1_000;

describe('members of a group on Kafka', () => {
  const kafka = kafkaFixture();

  test('join and leave every 2 s: nothing is lost, doubled or out of order, and there is progress', async () => {
    const publisher = await kafka().made(6);
    const ledger = new Ledger();
    const keys = manyKeys(30);
    const sent: string[] = [];
    let goOn = true;
    const publishing = (async () => {
      for (let call = 1; goOn; call += 1) {
        const next = messages(`m${call}`, keys.length, keys);
        await publisher.publish('topic', next);
        sent.push(...next.map(({ id }) => id));
        await sleep(10);
      }
    })();
    const members = [kafka().open(), kafka().open(), kafka().open()];
    for (const member of members) await kafka().join(member, ledger);
    const until = performance.now() + stormMs;
    for (let round = 0; performance.now() < until; round += 1) {
      const before = ledger.events.length;
      const [oldest] = members.splice(0, 1);
      // Every third one goes like a killed process.
      const leaving = round % 3 === 2 ? oldest?.abandon() : oldest?.close();
      const next = kafka().open();
      members.push(next);
      await Promise.all([leaving, kafka().join(next, ledger), sleep(2_000)]);
      await eventually('there is progress', () => ledger.events.length > before);
    }
    goOn = false;
    await publishing;
    await eventually('all arrived', () => ledger.events.length >= sent.length);
    expect(ledger.violations).toEqual([]);
    expect(ledger.events.length).toBe(sent.length);
    for (const key of keys) {
      const own = ledger.idsOf(key).map((id) => Number(id.slice(1).split('-')[0]));
      expect(own).toEqual([...own].sort((left, right) => left - right));
    }
  }, stormMs + 60_000);

  test('keep their partition through a handler that takes several session timeouts', async () => {
    const bus = await kafka().made(1);
    const ledger = new Ledger();
    let handed = 0;
    const handle = async (batch: IncomingBatch): Promise<void> => {
      handed += 1;
      await ledger.take(batch, () => sleep(handed === 1 ? 3.5 * KafkaFixture.sessionTimeoutMs : 0));
    };
    await bus.publish('topic', messages('m', 3, ['k']));
    await kafka().join(bus, ledger, handle);
    await eventually('it is at work', () => handed === 1);
    await kafka().join(kafka().open(), ledger);
    await bus.publish('topic', messages('n', 3, ['k']));
    await eventually('all arrived', () => ledger.events.length === 6);
    expect(handed).toBe(2);
    expect(ledger.violations).toEqual([]);
  });

  test('go on when the group was deleted, under higher fences', async () => {
    const bus = await kafka().made(2);
    const ledger = new Ledger();
    const first = await kafka().join(bus, ledger);
    await bus.publish('topic', messages('m', 20, manyKeys(10)));
    await eventually('the first half arrived', () => ledger.events.length === 20);
    const fences = new Map(ledger.fences);
    await first.stop();
    await kafka().admin.deleteGroups([`${kafka().topicPrefix}g`]);
    await kafka().join(kafka().open(), ledger);
    await bus.publish('topic', messages('n', 20, manyKeys(10)));
    await eventually('the second half arrived', () => ledger.events.length === 40);
    for (const [place, fence] of fences) expect(ledger.fences.get(place)).toBeGreaterThan(fence);
    expect(ledger.violations).toEqual([]);
  });

  test('stop within 5 s also while they wait to join', async () => {
    const bus = await kafka().made(1);
    const ledger = new Ledger();
    const doomed = kafka().open(20_000);
    await kafka().join(doomed, ledger);
    const consumption = await kafka().join(bus, ledger);
    await doomed.abandon();
    const third = kafka().open();
    const joining = kafka().join(third, ledger).catch((error: unknown) => error);
    // The join of the third makes the second join again, and both wait for the dead one.
    await sleep(500);
    const since = performance.now();
    await consumption.stop();
    await third.close();
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await joining).toBeInstanceOf(Error);
  });

  test('that have nothing to do leave the processor alone', async () => {
    const bus = await kafka().made(1);
    await bus.publish('topic', [message('m-1', 'k')]);
    await bus.ends('topic');
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      await sleep(500);
      expect(timers.mock.calls.length).toBeLessThan(10);
    } finally {
      timers.mockRestore();
    }
  });
});
