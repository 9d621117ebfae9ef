import { randomUUID } from 'node:crypto';

import { migrateConsumerTables, pgInTransaction, startConsumer } from '@cairn/event-bus';
import type { OutgoingMessage } from '@cairn/event-bus';
import { openKafkaEventBus } from '@cairn/event-bus/kafka';
import pg from 'pg';

import type { Benchmark } from '../measure/benchmark.js';
import { interleave, linesOf, ratioOf } from '../measure/interleave.js';
import { ratePerSecond } from '../measure/rate.js';
import { BareKafka } from '../reference/bare-kafka.js';
import { batchMessages, recordsOnTheWire } from '../reference/records-on-the-wire.js';
import { benchKafka } from '../setup/bench-kafka.js';
import { kafkaMessages } from '../setup/kafka-messages.js';

const partitions = 4;

interface Line<Sent> {
  publish(sent: readonly Sent[]): Promise<void>;
  untilSeen(count: number): Promise<void>;
  close(): Promise<void>;
}

/** The bus, and a consumer with inbox and checkpoint in PostgreSQL. */
const cairnLine = async (brokers: readonly string[], pool: pg.Pool, topic: string): Promise<Line<OutgoingMessage>> => {
  const bus = openKafkaEventBus({ brokers, clientId: 'cairn-bench' });
  await bus.ensureTopic(topic, { partitions });
  let seen = 0;
  let wake = (): void => undefined;
  const consumer = startConsumer({
    bus,
    group: `${topic}-cairn`,
    topics: [topic],
    inTransaction: pgInTransaction(pool),
    schema: 'consumer',
    apply: async (messages) => {
      seen += messages.length;
      wake();
    },
  });
  return {
    publish: (messages) => bus.publish(topic, messages),
    untilSeen: async (count) => {
      while (seen < count) await new Promise<void>((resolve) => (wake = resolve));
    },
    close: async () => {
      await consumer.stop();
      await bus.close();
    },
  };
};

/** From the second publish until the last message was handed to the consumer, which has joined before, by the first. */
const rateOf = async <Sent>(line: Line<Sent>, sent: readonly Sent[]): Promise<number> => {
  try {
    await line.publish(sent.slice(0, 1));
    await line.untilSeen(1);
    return await ratePerSecond(async () => {
      for (let at = 1; at < sent.length; at += batchMessages) await line.publish(sent.slice(at, at + batchMessages));
      await line.untilSeen(sent.length);
      return sent.length - 1;
    });
  } finally {
    await line.close();
  }
};

export const kafka: Benchmark = {
  name: 'kafka',
  title: 'Publish and consume through Kafka, each message once',
  run: async (run) => {
    const broker = await benchKafka();
    const pool = new pg.Pool({ connectionString: await run.server.database('bench_kafka'), max: 8 });
    try {
      await pool.query('CREATE SCHEMA consumer');
      await migrateConsumerTables(pgInTransaction(pool), 'consumer');
      const messages = kafkaMessages(1 + (run.smoke ? 500 : 20_000));
      const records = await recordsOnTheWire(broker.brokers, messages);
      const topic = (): string => `bench.${randomUUID().slice(0, 8)}`;
      const [cairn, bare] = ['cairn, inbox and checkpoint in PostgreSQL', 'kafkajs by itself'];
      const rates = await interleave(
        [
          { name: cairn, round: async () => rateOf(await cairnLine(broker.brokers, pool, topic()), messages) },
          { name: bare, round: async () => rateOf(await BareKafka.open(broker.brokers, topic(), partitions), records) },
        ],
        run.rounds,
      );
      return {
        lines: linesOf(rates, 'messages'),
        verdicts: [{ what: 'to kafkajs by itself', measured: ratioOf(rates, cairn, bare), target: 0.7, is: 'at-least', unit: 'x' }],
        figures: rates,
      };
    } finally {
      await pool.end();
      await broker.stop();
    }
  },
};
