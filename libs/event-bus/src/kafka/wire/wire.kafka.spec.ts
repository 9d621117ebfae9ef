import { randomUUID } from 'node:crypto';
import { testKafka } from '@cairn/engines/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { KafkaClient } from '../kafka-client.js';
import { leaderOf } from '../leader-of.js';
import type { Broker, Definition } from '../lower-level.js';
import { Producer } from '../producer.js';
import { Reader } from '../reader.js';
import { Topics } from '../topics.js';
import { encodeBatch } from './encode-batch.js';
import { fetchRecords } from './fetch-records.js';
import { produceBatches } from './produce-batches.js';
import type { OutgoingRecord } from './wire-record.js';

const records = (count: number, partition = 0): OutgoingRecord[] =>
  Array.from({ length: count }, (_, at) => ({
    partition,
    key: `k-${at}`,
    value: `value ${at} é`,
    headers: [['name', `text ${at}`], ['name', 'again'], ['empty', '']],
  }));

const fieldsOf = ({ key, value, headers }: Pick<OutgoingRecord, 'key' | 'headers'> & { value: string | null }) => ({ key, value, headers });

describe('what stands on the wire', () => {
  let client: KafkaClient;
  let brokers: readonly string[];
  let topic: string;

  beforeAll(async () => {
    ({ brokers } = await testKafka());
    client = new KafkaClient({ brokers, clientId: 'wire', callTimeoutMs: 10_000 });
    topic = `test.wire.${randomUUID()}`;
    await new Topics(client).create(topic, 20, undefined);
  });

  afterAll(() => client.close());

  const leading = <Value>(partition: number, work: (broker: Broker) => Promise<Value>): Promise<Value> =>
    client.call('to ask', async (cluster) => {
      await cluster.addMultipleTargetTopics([topic]);
      return work(await cluster.findBroker({ nodeId: leaderOf(cluster, topic, partition) }));
    });

  /** A broker that knows no newer version than this one. */
  const inVersion = ({ connectionPool, ...broker }: Broker, version: number): Broker => ({
    ...broker,
    connectionPool: { send: (exchange) => connectionPool.send(exchange) },
    lookupRequest: <Of, Answer>(_: number, definition: Definition<Of, Answer>) => definition.protocol({ version }),
  });

  test.each([4, 5, 6, 7, 8, 9, 10, 11])('is read in version %i of a fetch', async (version) => {
    const sent = records(30, version);
    await new Producer(client).send('to publish', topic, sent, 5_000);
    const read = await leading(version, (broker) => fetchRecords(inVersion(broker, version), topic, version, 10n));
    expect(read.map(fieldsOf)).toEqual(sent.slice(10).map(fieldsOf));
    const beyond = leading(version, (broker) => fetchRecords(inVersion(broker, version), topic, version, 99n));
    await expect(beyond).rejects.toThrow(/range of offsets/);
  });

  test.each([3, 4, 5, 6, 7])('is written in version %i of a produce request', async (version) => {
    const origin = { producerId: -1n, producerEpoch: -1, firstSequence: -1, timestamp: Date.now() };
    const batches = new Map([0, 1].map((partition) => [partition, encodeBatch(records(3), origin)]));
    const [before] = await new Reader(client).ends([{ topic, partition: 1 }]);
    const offsets = await leading(0, (broker) => produceBatches(inVersion(broker, version), topic, batches, 5_000));
    expect(offsets.get(1)).toBe(String(before));
    expect(await new Reader(client).ends([{ topic, partition: 1 }])).toEqual([(before ?? 0n) + 3n]);
  });

  test('is kept once although it was sent twice, and what follows comes behind it', async () => {
    let calls = 0;
    const twice = {
      callTimeoutMs: 10_000,
      // The answer to the first one is lost on its way.
      call: (async (what, work, options) => {
        calls += 1;
        if (what === 'to publish') await client.call(what, work, options);
        return client.call(what, work, options);
      }) as KafkaClient['call'],
    };
    const producer = new Producer(twice);
    const sent = records(6, 2);
    for (let at = 0; at < sent.length; at += 2) await producer.send('to publish', topic, sent.slice(at, at + 2), 5_000);
    expect(calls).toBe(4);
    const read = await new Reader(client).fetch({ topic, partition: 2 }, 0n);
    expect(read.map(fieldsOf)).toEqual(sent.map(fieldsOf));
  });

  test('is read also where others have compressed it', async () => {
    const other = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
    await other.connect();
    const messages = records(50).map(({ key, value }) => ({ partition: 3, key, value, headers: { h: ['a', 'b'] } }));
    await other.send({ topic, messages, compression: CompressionTypes.GZIP });
    await other.send({ topic, messages: [{ partition: 3, key: null, value: null }] });
    await other.disconnect();
    const read = await new Reader(client).fetch({ topic, partition: 3 }, 49n);
    expect(read.map(({ offset, ...record }) => [offset, fieldsOf(record)])).toEqual([
      ['49', { key: 'k-49', value: 'value 49 é', headers: [['h', 'a'], ['h', 'b']] }],
      ['50', { key: null, value: null, headers: [] }],
    ]);
  });
});
