import { describe, expect, test } from '@jest/globals';
import type { IncomingBatch } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { kafkaFixture } from './testing/kafka-fixture.js';

describe('readers of topics on Kafka', () => {
  const kafka = kafkaFixture();

  test('tell the broker how far they are, once the handler has resolved', async () => {
    const bus = await kafka().made(1);
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
    const consumption = await kafka().join(bus, ledger, handle);
    await eventually('it is at work', () => running);
    expect(await kafka().committed()).toEqual(['-1']);
    letGo();
    await eventually('the broker knows', async () => (await kafka().committed())[0] === '5');
    await consumption.stop();
  });

  test('go back to their checkpoint although a later offset was committed', async () => {
    const bus = await kafka().made(1);
    const ledger = new Ledger();
    const first = await kafka().join(bus, ledger);
    await bus.publish('topic', messages('m', 10, ['k']));
    await eventually('all arrived', () => ledger.events.length === 10);
    await first.stop();
    await eventually('the broker knows', async () => (await kafka().committed())[0] === '10');
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
    const bus = await kafka().made(1);
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
    const bus = await kafka().made(1);
    await bus.publish('topic', messages('m', 10, ['k']));
    // kafkajs deletes only in topics that it has looked at.
    await kafka().admin.fetchTopicOffsets(`${kafka().topicPrefix}topic`);
    await kafka().admin.deleteTopicRecords({ topic: `${kafka().topicPrefix}topic`, partitions: [{ partition: 0, offset: '6' }] });
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
    const bus = await kafka().made(2);
    const keys = manyKeys(20);
    const sent = messages('m', 4_000, keys);
    for (let at = 0; at < sent.length; at += 1_000) await bus.publish('topic', sent.slice(at, at + 1_000));
    const large = `"${'é'.repeat((eventBusLimits.messageBytesMax - 2) / 2)}"`;
    const largeOnes = Array.from({ length: 6 }, (_, at) => message(`large-${at}`, 'k', { value: large }));
    await bus.publish('topic', largeOnes);
    const ledger = new Ledger();
    await kafka().join(kafka().open(), ledger);
    await eventually('all arrived', () => ledger.events.length === 4_006);
    expect(ledger.violations).toEqual([]);
    for (const key of keys) {
      expect(ledger.idsOf(key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
    expect(ledger.events.filter(({ value }) => value === large)).toHaveLength(6);
  });

  test('make topics that keep their messages as long as was asked, and take what the port allows', async () => {
    const bus = await kafka().made(1);
    await bus.ensureTopic('brief', { partitions: 1, retentionMs: 86_400_000 });
    const { resources } = await kafka().admin.describeConfigs({
      includeSynonyms: false,
      resources: ['topic', 'brief'].map((name) => ({ type: 2, name: kafka().topicPrefix + name })),
    });
    const retentions = resources.map(({ resourceName, configEntries }) => [
      resourceName.slice(kafka().topicPrefix.length),
      configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue,
    ]);
    expect(Object.fromEntries(retentions)).toEqual({ topic: '-1', brief: '86400000' });
  });
});
