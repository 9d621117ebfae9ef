import { randomUUID } from 'node:crypto';

import type { OutgoingMessage } from '@cairn/event-bus';
import { openKafkaEventBus } from '@cairn/event-bus/kafka';
import kafkajs from 'kafkajs';

/** What Kafka keeps of a message, as text. */
export interface WireRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the bus publishes at once: a relay's page. */
export const batchMessages = 500;

/**
 * The records that the bus writes for these messages, in their order, as somebody else reads them: so that who sends
 * them without the bus sends the same bytes.
 */
export const recordsOnTheWire = async (
  brokers: readonly string[],
  messages: readonly OutgoingMessage[],
): Promise<readonly WireRecord[]> => {
  const topic = `bench.wire-${randomUUID().slice(0, 8)}`;
  const bus = openKafkaEventBus({ brokers, clientId: 'cairn-bench-wire' });
  const consumer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({ groupId: topic });
  try {
    await bus.ensureTopic(topic, { partitions: 1 });
    for (let at = 0; at < messages.length; at += batchMessages) await bus.publish(topic, messages.slice(at, at + batchMessages));
    const records: WireRecord[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message: { key, value, headers = {} } }: kafkajs.EachMessagePayload): Promise<void> => {
        const texts = Object.entries(headers).map(([name, text]) => [name, String(text)]);
        records.push({ key: String(key), value: String(value), headers: Object.fromEntries(texts) });
        if (records.length === messages.length) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    return records;
  } finally {
    await consumer.disconnect();
    await bus.close();
  }
};
