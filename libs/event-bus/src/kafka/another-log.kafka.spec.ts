import { InMemoryEventLog, InMemoryEventStore, SystemClock } from '@cairn/event-store';
import { describe, expect, test } from '@jest/globals';
import { PostgresCheckpoints } from '../postgres/postgres-checkpoints.js';
import { startRelay } from '../relay/start-relay.js';
import { consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { newEvent } from '../testing/events.js';
import { Ledger } from '../testing/ledger.js';
import { message } from '../testing/messages.js';
import { kafkaFixture } from './testing/kafka-fixture.js';

describe('topics that are deleted and made again while a service runs', () => {
  const kafka = kafkaFixture();
  const service = consumerFixture();

  const history = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => message(`m-${from + at}`, 'k', { scope: 'plans', sourcePosition: String(from + at) }));
  const ids = (to: number): string[] => history(1, to).map(({ id }) => id);

  test('are another log to it, which it reads from the beginning', async () => {
    const { topicPrefix, admin } = kafka();
    const before = await kafka().made(1);
    await before.publish('topic', history(1, 10));
    for (let n = 0; n < 30; n += 1) await before.publishWatermark('topic', { scope: 'plans', position: '10' });
    const running = service().start({ bus: kafka().open() });
    await eventually('it has read the log', async () => (await service().effectIds()).length === 10 && (await running.lag()) === 0, 20_000);

    await admin.deleteTopics({ topics: [`${topicPrefix}topic`, `${topicPrefix}cairn.log`] });
    const after = kafka().open();
    await eventually('they are gone', async () => !(await admin.listTopics()).includes(`${topicPrefix}topic`));
    expect(await after.logId()).not.toBe(await before.logId());
    await after.ensureTopic('topic', { partitions: 1 });
    await after.publish('topic', history(1, 60));

    await eventually('it has read the new log', async () => (await service().effectIds()).includes('m-60'), 20_000);
    await running.stop();
    const anew = service().start({ bus: kafka().open() });
    await eventually('a restarted one has read the new log', async () => anew.joined && (await anew.lag()) === 0, 20_000);
    expect(await service().effectIds()).toEqual(ids(60));
  });

  test('get the whole history, in its order, from relays that run', async () => {
    const { topicPrefix, admin } = kafka();
    const store = new InMemoryEventStore({ scope: 'plans', clock: new SystemClock(), log: new InMemoryEventLog() });
    const append = async (count: number): Promise<void> => {
      const before = Number(await store.head());
      for (let at = before; at < before + count; at += 1) await store.append('plans.adoption-1', at === 0 ? 'no-stream' : at, [newEvent()]);
    };
    await service().pool.query('CREATE SCHEMA plans');
    const checkpoints = new PostgresCheckpoints(service().inTransaction, 'plans');
    await checkpoints.migrate();
    const toMessage = ({ stream }: { stream: string }) => ({ key: stream, headers: {}, value: '{}' });
    const relays = [1, 2].map(() => {
      const bus = kafka().open();
      return startRelay({ store, bus, topic: 'topic', partitions: 1, leaseMs: 400, toMessage, checkpoint: checkpoints.of('topic', { store, bus }) });
    });
    await append(20);
    await eventually('they have published', async () => (await relays[0]?.lag())?.caughtUp === true, 20_000);

    await admin.deleteTopics({ topics: [`${topicPrefix}topic`, `${topicPrefix}cairn.log`] });
    await append(5);
    const [bus, ledger] = [kafka().open(), new Ledger()];
    await eventually('the topic is there again', () => bus.ends('topic').then(([end]) => end !== '0', () => false), 20_000);
    const consumption = await kafka().join(bus, ledger);
    await eventually('all is out', () => ledger.events.some(({ sourcePosition }) => sourcePosition === '25'), 20_000);
    await append(1);
    await eventually('what is new is out', () => ledger.events.some(({ sourcePosition }) => sourcePosition === '26'), 20_000);
    await consumption.stop();
    await Promise.all(relays.map((relay) => relay.stop()));
    const firstArrivals = [...new Set(ledger.events.map(({ sourcePosition }) => Number(sourcePosition)))];
    expect(firstArrivals).toEqual(Array.from({ length: 26 }, (_, at) => at + 1));
  });
});
