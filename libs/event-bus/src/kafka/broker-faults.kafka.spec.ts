import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningKafka } from '@cairn/engines/testing';
import { startKafka } from '@cairn/engines/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EventBusUnavailableError } from '../event-bus.js';
import { earlyWatermarks } from '../testing/early-watermarks.js';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { publishUntilAcknowledged } from '../testing/publish-until-acknowledged.js';
import type { KafkaEventBus, KafkaEventBusOptions } from './kafka-event-bus.js';
import { openKafkaEventBus } from './kafka-event-bus.js';

/** The ids in the order of their first arrival: a publish whose answer was lost is published again. */
const firstArrivals = (ledger: Ledger, key: string): string[] => [...new Set(ledger.idsOf(key))];

/** The signal reaches the threads of a process one after the other, and one that still runs still answers. */
const freeze = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP');
  await eventually('all of it stands still', async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
    return stats.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'));
  });
};

const callTimeoutMs = 1_500;
const recoveryMs = 40_000;

describe('the Kafka bus, when the broker', () => {
  let kafka: RunningKafka;
  let dataDir: string;
  let topic: string;
  let topics = 0;
  const buses: KafkaEventBus[] = [];

  const open = (options: Partial<KafkaEventBusOptions> = {}): KafkaEventBus => {
    const fixed = { brokers: kafka.brokers, clientId: 'faults', sessionTimeoutMs: 3_000, callTimeoutMs };
    const bus = openKafkaEventBus({ ...fixed, ...options });
    buses.push(bus);
    return bus;
  };

  const consume = async (bus: KafkaEventBus, onError: (error: unknown) => void, ledger = new Ledger()) => {
    const { checkpoint, handle } = ledger;
    await bus.consume({ group: topic, topics: [topic], checkpoint, handle, onError });
    return ledger;
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cairn-kafka-'));
    kafka = await startKafka({ dataDir });
  });

  beforeEach(async () => {
    topic = `faults-${(topics += 1)}`;
    await open({ callTimeoutMs: 10_000 }).ensureTopic(topic, { partitions: 3 });
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  afterAll(async () => {
    await kafka.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  test('is killed under load and started again, loses nothing acknowledged, and changes no order', async () => {
    const [publisher, reader, other] = [open(), open(), open()];
    const errors: unknown[] = [];
    const ledger = await consume(reader, (error) => errors.push(error));
    await consume(other, (error) => errors.push(error), ledger);
    const keys = manyKeys(9);
    const sent = messages('m', 3_600, keys);
    let acknowledged = 0;
    let refused = 0;
    const publishing = (async () => {
      for (let at = 0; at < sent.length; at += 15) {
        const mark = { scope: 'test', position: String(at + 15) };
        refused += await publishUntilAcknowledged(publisher, topic, sent.slice(at, at + 15), mark);
        acknowledged = at + 15;
      }
    })();
    for (const kill of [1, 2]) {
      await eventually('there is load', () => acknowledged > kill * 600);
      await kafka.kill();
      await kafka.restart();
    }
    await publishing;
    await eventually('all arrived', () => new Set(ledger.ids()).size === sent.length, recoveryMs);
    expect(ledger.violations).toEqual([]);
    expect(ledger.watermarks.length).toBeGreaterThan(0);
    expect(earlyWatermarks(ledger)).toEqual([]);
    for (const key of keys) {
      expect(firstArrivals(ledger, key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
    expect(refused).toBeGreaterThan(0);
    expect(errors.every((error) => error instanceof EventBusUnavailableError)).toBe(true);
  });

  test('is away, refuses in time, and all goes on by itself when it is back, with no more memory', async () => {
    const bus = open();
    const errors: unknown[] = [];
    const ledger = await consume(bus, (error) => errors.push(error));
    await bus.publish(topic, [message('m-1', 'k')]);
    await eventually('it works', () => ledger.events.length === 1);
    await kafka.kill();
    const heapBefore = process.memoryUsage().heapUsed;
    for (let attempt = 0; attempt < 15; attempt += 1) {
      const since = performance.now();
      await expect(bus.publish(topic, [message('m-2', 'k')])).rejects.toThrow(EventBusUnavailableError);
      expect(performance.now() - since).toBeLessThan(callTimeoutMs + 500);
    }
    await eventually('the reader has noticed', () => errors.length > 2);
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(60_000_000);
    await kafka.restart();
    await publishUntilAcknowledged(bus, topic, [message('m-3', 'k')]);
    await eventually('it works again', () => ledger.ids().includes('m-3'), recoveryMs);
    expect(ledger.violations).toEqual([]);
    expect(errors.every((error) => error instanceof EventBusUnavailableError)).toBe(true);
  });

  test('is frozen, is unavailable within the time limit, and comes back', async () => {
    const bus = open();
    const errors: unknown[] = [];
    const ledger = await consume(bus, (error) => errors.push(error));
    await bus.publish(topic, [message('m-1', 'k')]);
    await eventually('it works', () => ledger.events.length === 1);
    await freeze(kafka.pid);
    try {
      const since = performance.now();
      const calls = ['m-2', 'm-3'].map((id) => bus.publish(topic, [message(id, 'k')]));
      const answers = await Promise.allSettled([...calls, bus.ends(topic), open().ensureTopic('other', { partitions: 1 })]);
      expect(performance.now() - since).toBeLessThan(callTimeoutMs + 1_000);
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(EventBusUnavailableError) });
      }
      await eventually('the reader has seen it', () => errors.length > 0);
    } finally {
      process.kill(kafka.pid, 'SIGCONT');
    }
    await publishUntilAcknowledged(bus, topic, [message('m-4', 'k')]);
    await eventually('it works again', () => ledger.ids().includes('m-4'), recoveryMs);
    expect(ledger.violations).toEqual([]);
    expect(errors.every((error) => error instanceof EventBusUnavailableError)).toBe(true);
  });

  test('is frozen, a member still stops within 5 s, however long its calls may take', async () => {
    const bus = open({ callTimeoutMs: 10_000 });
    const ledger = new Ledger();
    const { checkpoint, handle } = ledger;
    const consumption = await bus.consume({ group: topic, topics: [topic], checkpoint, handle });
    await freeze(kafka.pid);
    try {
      const since = performance.now();
      await consumption.stop();
      await bus.close();
      expect(performance.now() - since).toBeLessThan(5_000);
    } finally {
      process.kill(kafka.pid, 'SIGCONT');
    }
  });
});

test('a broker that is not there is unavailable, and its absence is no error when the bus is opened', async () => {
  const bus = openKafkaEventBus({ brokers: ['127.0.0.1:1'], clientId: 'faults', callTimeoutMs: 2_000 });
  await expect(bus.publish('topic', [message('m-1', 'k')])).rejects.toThrow(/Kafka is away .*ECONNREFUSED/);
  await expect(bus.logId()).rejects.toThrow(EventBusUnavailableError);
  await bus.close();
});
