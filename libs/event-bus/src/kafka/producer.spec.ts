import { describe, expect, test } from '@jest/globals';
import type { CallOptions, KafkaClient } from './kafka-client.js';
import type { Broker, Cluster } from './lower-level.js';
import { Producer } from './producer.js';

const topic = 't';
const notAsked = (): never => {
  throw new Error('This is not asked of the broker here');
};

/** Answers what a broker would, and notes the producer and the first sequence number of each batch. */
class FakeBroker {
  readonly seen: string[] = [];
  readonly failures: Error[] = [];
  private names = 0;

  get client(): Pick<KafkaClient, 'call' | 'callTimeoutMs'> {
    return { callTimeoutMs: 1_000, call: (_, work, options) => this.call(work, options) };
  }

  private async call<Value>(work: (cluster: Cluster) => Promise<Value>, options: CallOptions = {}): Promise<Value> {
    try {
      return await work(this.cluster);
    } catch (error) {
      if (options.again?.(error) !== true) throw error;
      return this.call(work, options);
    }
  }

  private get cluster(): Cluster {
    const broker: Broker = {
      metadata: notAsked,
      createTopics: notAsked,
      listOffsets: notAsked,
      joinGroup: notAsked,
      syncGroup: notAsked,
      heartbeat: notAsked,
      leaveGroup: notAsked,
      offsetCommit: notAsked,
      initProducerId: async () => ({ producerId: String((this.names += 1)), producerEpoch: 0 }),
      lookupRequest: (_, definition) => definition.protocol({ version: 7 }),
      connectionPool: { send: async ({ request }) => this.take((await request.encode()).buffer) as never },
    };
    return {
      connect: async () => undefined,
      addMultipleTargetTopics: async () => undefined,
      findTopicPartitionMetadata: () => [0, 1].map((partitionId) => ({ partitionId, leader: 1 })),
      findBroker: async () => broker,
      findControllerBroker: notAsked,
      findGroupCoordinator: notAsked,
      brokerPool: { metadata: null, findConnectedBroker: async () => broker },
    };
  }

  private take(payload: Buffer): unknown {
    const partitions: { partition: number; errorCode: number; baseOffset: string }[] = [];
    for (let at = 18 + topic.length; at < payload.length; at += 8 + payload.readInt32BE(at + 4)) {
      const partition = payload.readInt32BE(at);
      this.seen.push(`${payload.readBigInt64BE(at + 51)}: ${partition} from ${payload.readInt32BE(at + 61)}`);
      partitions.push({ partition, errorCode: 0, baseOffset: '7' });
    }
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return { topics: [{ partitions }] };
  }
}

const records = (...partitions: number[]) => partitions.map((partition) => ({ partition, key: null, value: 'v', headers: [] }));
const moved = Object.assign(new Error('it has moved'), { type: 'NOT_LEADER_FOR_PARTITION' });

describe('a producer', () => {
  test('numbers the records of each partition', async () => {
    const broker = new FakeBroker();
    const producer = new Producer(broker.client);
    expect(await producer.send('', topic, records(0, 1, 0), 1_000)).toEqual(new Map([[0, '7'], [1, '7']]));
    await producer.send('', topic, records(1, 0), 1_000);
    expect(broker.seen.slice(0, 2)).toEqual(['1: 0 from 0', '1: 1 from 0']);
    expect(new Set(broker.seen.slice(2))).toEqual(new Set(['1: 0 from 2', '1: 1 from 1']));
  });

  test('sends the same numbers again to a leader that has moved', async () => {
    const broker = new FakeBroker();
    broker.failures.push(moved);
    const producer = new Producer(broker.client);
    await producer.send('', topic, records(0), 1_000);
    await producer.send('', topic, records(0), 1_000);
    expect(broker.seen).toEqual(['1: 0 from 0', '1: 0 from 0', '1: 0 from 1']);
  });

  test('takes another name after a failure: what was kept is not known', async () => {
    const broker = new FakeBroker();
    const producer = new Producer(broker.client);
    await producer.send('', topic, records(0), 1_000);
    broker.failures.push(new Error('the answer was lost'));
    await expect(producer.send('', topic, records(0), 1_000)).rejects.toThrow('lost');
    await producer.send('', topic, records(0), 1_000);
    expect(broker.seen).toEqual(['1: 0 from 0', '1: 0 from 1', '2: 0 from 0']);
  });
});
