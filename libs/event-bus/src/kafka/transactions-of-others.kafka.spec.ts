import { testKafka } from '@cairn/engines/testing';
import { describe, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { kafkaFixture } from './testing/kafka-fixture.js';

describe('a transaction of another system on a topic', () => {
  const kafka = kafkaFixture();
  const service = consumerFixture();

  test('holds up no reader at its end, where a marker stands that is no message', async () => {
    await kafka().made(1);
    const { brokers } = await testKafka();
    const producer = new Kafka({ brokers: [...brokers], clientId: 'other', logLevel: logLevel.NOTHING }).producer({
      transactionalId: kafka().topicPrefix,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      await transaction.send({ topic: `${kafka().topicPrefix}topic`, messages: [{ key: 'k', value: '{}' }] });
      await transaction.commit();
    } finally {
      await producer.disconnect();
    }
    const errors: string[] = [];
    const consumer = service().start({ bus: kafka().open(), onError: (error) => errors.push(String(error)) });
    await eventually('it has caught up', async () => consumer.joined && (await consumer.lag()) === 0, 5_000).catch((error: unknown) => {
      throw new Error(errors.at(-1), { cause: error });
    });
    expect(errors).toEqual([]);
  });
});
