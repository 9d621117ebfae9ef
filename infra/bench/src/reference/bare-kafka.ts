import kafkajs from 'kafkajs';
import type { Consumer, Producer } from 'kafkajs';

import type { WireRecord } from './records-on-the-wire.js';

/** The client by itself, with the promises that the bus makes to a producer: all in-sync replicas, idempotent, one request at a time. */
export class BareKafka {
  private constructor(
    private readonly producer: Producer,
    private readonly consumer: Consumer,
    private readonly topic: string,
    private readonly seen: { count: number; wake: () => void },
  ) {}

  /** A topic of its own, and one consumer of it that has joined its group. */
  static async open(brokers: readonly string[], topic: string, partitions: number): Promise<BareKafka> {
    const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'cairn-bench-bare', logLevel: kafkajs.logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] });
    await admin.disconnect();
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
    await producer.connect();
    const consumer = kafka.consumer({ groupId: `${topic}-bare` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const seen = { count: 0, wake: (): void => undefined };
    await consumer.run({
      eachBatch: async ({ batch }) => {
        seen.count += batch.messages.length;
        seen.wake();
      },
    });
    return new BareKafka(producer, consumer, topic, seen);
  }

  /** The partitioner of kafkajs puts each key where the bus puts it. */
  async publish(records: readonly WireRecord[]): Promise<void> {
    await this.producer.send({
      topic: this.topic,
      acks: -1,
      messages: records.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
    });
  }

  /** Resolves once so many messages were handed to the consumer. */
  async untilSeen(count: number): Promise<void> {
    while (this.seen.count < count) await new Promise<void>((resolve) => (this.seen.wake = resolve));
  }

  async close(): Promise<void> {
    await this.consumer.disconnect();
    await this.producer.disconnect();
  }
}
