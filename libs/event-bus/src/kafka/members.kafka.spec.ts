import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { testKafka } from '@cairn/engines/testing';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { IncomingBatch } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import type { KafkaEventBus } from './kafka-event-bus.js';
import { openKafkaEventBus } from './kafka-event-bus.js';

const sessionTimeoutMs = 1_000;
const stormMs = Number(process.env['CAIRN_STORM_SECONDS'] ?? 20) * 1_000;

describe('members of a group on Kafka', () => {
  let brokers: readonly string[];
  let topicPrefix: string;
  let admin: ReturnType<Kafka['admin']>;
  const buses: KafkaEventBus[] = [];

  const open = (): KafkaEventBus => {
    const bus = openKafkaEventBus({ brokers, clientId: 'members', topicPrefix, sessionTimeoutMs, heartbeatMs: 80 });
    buses.push(bus);
    return bus;
  };
  const made = async (partitions: number): Promise<KafkaEventBus> => {
    const bus = open();
    await bus.ensureTopic('topic', { partitions });
    return bus;
  };
  const join = (bus: KafkaEventBus, ledger: Ledger, handle = ledger.handle, onError?: (error: unknown) => void) =>
    bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: ledger.checkpoint,
      handle,
      ...(onError === undefined ? {} : { onError }),
    });
  const committed = async (): Promise<string[]> => {
    const [found] = await admin.fetchOffsets({ groupId: `${topicPrefix}g`, topics: [`${topicPrefix}topic`] });
    return found?.partitions.map(({ offset }) => offset) ?? [];
  };

  beforeEach(async () => {
    brokers = (await testKafka()).brokers;
    topicPrefix = `members.${randomUUID()}.`;
    admin = new Kafka({ brokers: [...brokers], clientId: 'tools', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await admin.disconnect();
  });

  test('join and leave every 2 s: nothing is lost, doubled or out of order, and there is progress', async () => {
    const publisher = await made(6);
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
    const members = [open(), open(), open()];
    for (const member of members) await join(member, ledger);
    const until = performance.now() + stormMs;
    for (let round = 0; performance.now() < until; round += 1) {
      const before = ledger.events.length;
      const [oldest] = members.splice(0, 1);
      // Every third one goes like a killed process.
      const leaving = round % 3 === 2 ? oldest?.abandon() : oldest?.close();
      const next = open();
      members.push(next);
      await Promise.all([leaving, join(next, ledger), sleep(2_000)]);
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
    const bus = await made(1);
    const ledger = new Ledger();
    let handed = 0;
    const handle = async (batch: IncomingBatch): Promise<void> => {
      handed += 1;
      await ledger.take(batch, () => sleep(handed === 1 ? 3.5 * sessionTimeoutMs : 0));
    };
    await bus.publish('topic', messages('m', 3, ['k']));
    await join(bus, ledger, handle);
    await eventually('it is at work', () => handed === 1);
    await join(open(), ledger);
    await bus.publish('topic', messages('n', 3, ['k']));
    await eventually('all arrived', () => ledger.events.length === 6);
    expect(handed).toBe(2);
    expect(ledger.violations).toEqual([]);
  });

  test('go on when the group was deleted, under higher fences', async () => {
    const bus = await made(2);
    const ledger = new Ledger();
    const first = await join(bus, ledger);
    await bus.publish('topic', messages('m', 20, manyKeys(10)));
    await eventually('the first half arrived', () => ledger.events.length === 20);
    const fences = new Map(ledger.fences);
    await first.stop();
    await admin.deleteGroups([`${topicPrefix}g`]);
    await join(open(), ledger);
    await bus.publish('topic', messages('n', 20, manyKeys(10)));
    await eventually('the second half arrived', () => ledger.events.length === 40);
    for (const [place, fence] of fences) expect(ledger.fences.get(place)).toBeGreaterThan(fence);
    expect(ledger.violations).toEqual([]);
  });

  test('tell the broker how far they are, once the handler has resolved', async () => {
    const bus = await made(1);
    const ledger = new Ledger();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let running = false;
    await bus.publish('topic', messages('m', 5, ['k']));
    const handle = (batch: IncomingBatch): Promise<void> =>
      ledger.take(batch, () => {
        running = true;
        return held;
      });
    const consumption = await join(bus, ledger, handle);
    await eventually('it is at work', () => running);
    expect(await committed()).toEqual(['-1']);
    letGo();
    await eventually('the broker knows', async () => (await committed())[0] === '5');
    await consumption.stop();
  });

  test('go back to their checkpoint although a later offset was committed', async () => {
    const bus = await made(1);
    const ledger = new Ledger();
    const first = await join(bus, ledger);
    await bus.publish('topic', messages('m', 10, ['k']));
    await eventually('all arrived', () => ledger.events.length === 10);
    await first.stop();
    await eventually('the broker knows', async () => (await committed())[0] === '10');
    const seen: string[] = [];
    await bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: async () => '3',
      handle: async (batch) => void seen.push(...batch.messages.map(({ offset }) => offset)),
    });
    await eventually('the rest came again', () => seen.length === 6);
    expect(seen).toEqual(['4', '5', '6', '7', '8', '9']);
  });

  test('report a checkpoint beyond the end of the log, and do not wait behind it in silence', async () => {
    const bus = await made(1);
    const errors: string[] = [];
    await bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: async () => '41',
      handle: async () => undefined,
      onError: (error) => errors.push(String(error)),
    });
    await eventually('it is reported', () => errors.length > 0);
    expect(errors[0]).toContain('The checkpoint 41 of topic/0 lies beyond the end of the log, 0');
  });

  test('say what retention took before they could read it, and go on behind it', async () => {
    const bus = await made(1);
    await bus.publish('topic', messages('m', 10, ['k']));
    // kafkajs deletes only in topics that it has looked at.
    await admin.fetchTopicOffsets(`${topicPrefix}topic`);
    await admin.deleteTopicRecords({ topic: `${topicPrefix}topic`, partitions: [{ partition: 0, offset: '6' }] });
    const seen: string[] = [];
    const errors: string[] = [];
    await bus.consume({
      group: 'g',
      topics: ['topic'],
      checkpoint: async () => (seen.length === 0 ? '2' : String(seen.at(-1))),
      handle: async (batch) => void seen.push(...batch.messages.map(({ offset }) => offset)),
      onError: (error) => errors.push(String(error)),
    });
    await eventually('what is left arrived', () => seen.length === 4);
    expect(seen).toEqual(['6', '7', '8', '9']);
    expect(errors).toEqual([expect.stringContaining('Messages 3 to 5 of topic/0 were removed by the retention')]);
    const late: string[] = [];
    const handle = async (batch: IncomingBatch): Promise<void> => void late.push(...batch.messages.map((one) => one.offset));
    await bus.consume({ group: 'late', topics: ['topic'], checkpoint: async () => undefined, handle });
    await eventually('a new group starts at what is kept', () => late.length === 4);
  });

  test('that start late read everything from the beginning, large messages too', async () => {
    const bus = await made(2);
    const keys = manyKeys(20);
    const sent = messages('m', 4_000, keys);
    for (let at = 0; at < sent.length; at += 1_000) await bus.publish('topic', sent.slice(at, at + 1_000));
    const large = `"${'é'.repeat((eventBusLimits.messageBytesMax - 2) / 2)}"`;
    const largeOnes = Array.from({ length: 6 }, (_, at) => message(`large-${at}`, 'k', { value: large }));
    await bus.publish('topic', largeOnes);
    const ledger = new Ledger();
    await join(open(), ledger);
    await eventually('all arrived', () => ledger.events.length === 4_006);
    expect(ledger.violations).toEqual([]);
    for (const key of keys) {
      expect(ledger.idsOf(key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
    expect(ledger.events.filter(({ value }) => value === large)).toHaveLength(6);
  });

  test('stop within 5 s also while they wait to join', async () => {
    const bus = await made(1);
    const ledger = new Ledger();
    const doomed = openKafkaEventBus({ brokers, clientId: 'doomed', topicPrefix, sessionTimeoutMs: 20_000 });
    await join(doomed, ledger);
    const consumption = await join(bus, ledger);
    await doomed.abandon();
    const third = open();
    const joining = join(third, ledger).catch((error: unknown) => error);
    // The join of the third makes the second join again, and both wait for the dead one.
    await sleep(500);
    const since = performance.now();
    await consumption.stop();
    await third.close();
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await joining).toBeInstanceOf(Error);
  });

  test('that have nothing to do leave the processor alone', async () => {
    const bus = await made(1);
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

  test('make topics that keep their messages as long as was asked, and take what the port allows', async () => {
    const bus = await made(1);
    await bus.ensureTopic('brief', { partitions: 1, retentionMs: 86_400_000 });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: ['topic', 'brief'].map((name) => ({ type: 2, name: topicPrefix + name })),
    });
    const retentions = resources.map(({ resourceName, configEntries }) => [
      resourceName.slice(topicPrefix.length),
      configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue,
    ]);
    expect(Object.fromEntries(retentions)).toEqual({ topic: '-1', brief: '86400000' });
  });
});
