import type { KafkaClient } from './kafka-client.js';
import { hasMoved, typeOf } from './kafka-errors.js';
import { leaderOf } from './leader-of.js';
import type { Cluster } from './lower-level.js';
import { encodeBatch } from './wire/encode-batch.js';
import type { Batches } from './wire/produce-batches.js';
import { produceBatches } from './wire/produce-batches.js';
import type { OutgoingRecord } from './wire/wire-record.js';

/** A name that the broker gave, and how many records of each partition it has seen under it. */
interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly sent: Map<string, number>;
}

/** Sequence numbers go on with 0 after 2^31 - 1. */
const sequencesMax = 2 ** 31;
/** Of no meaning without transactions, and yet asked for. */
const transactionTimeout = 60_000;

/** So long a broker may not have heard yet of a topic that another one knows. */
const newTopicMs = 1_000;

const againUntil = (until: number) => (error: unknown): boolean =>
  hasMoved(error) || (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION' && performance.now() < until);

/**
 * Writes record batches as Kafka's idempotent producer does: numbered, so that the broker knows a batch that is sent a
 * second time because its leader has moved, and never keeps it twice nor out of order. One call at a time.
 */
export class Producer {
  private identity: Identity | undefined;

  constructor(private readonly client: Pick<KafkaClient, 'call' | 'callTimeoutMs'>) {}

  /**
   * Resolves once every copy in sync has all of the records, with the first offset in each partition. After a failure
   * it begins anew under another name: which numbers the broker has seen is not known any more.
   */
  async send(what: string, topic: string, records: readonly OutgoingRecord[], limitMs: number): Promise<ReadonlyMap<number, string>> {
    const until = performance.now() + limitMs;
    try {
      this.identity ??= await this.introduce(what, limitMs);
      const { identity } = this;
      const byPartition = grouped(records);
      const batches = encoded(topic, byPartition, identity);
      const offsets = await this.client.call(what, (cluster) => this.produce(cluster, topic, batches), {
        limitMs: until - performance.now(),
        again: againUntil(performance.now() + newTopicMs),
      });
      for (const [partition, { length }] of byPartition) {
        const name = nameOf(topic, partition);
        identity.sent.set(name, ((identity.sent.get(name) ?? 0) + length) % sequencesMax);
      }
      return offsets;
    } catch (error) {
      this.identity = undefined;
      throw error;
    }
  }

  private introduce(what: string, limitMs: number): Promise<Identity> {
    const work = async (cluster: Cluster): Promise<Identity> => {
      await cluster.addMultipleTargetTopics([]);
      const broker = await cluster.brokerPool.findConnectedBroker();
      const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout });
      return { producerId: BigInt(producerId), producerEpoch, sent: new Map() };
    };
    return this.client.call(`to get a producer's id, ${what}`, work, { limitMs });
  }

  private async produce(cluster: Cluster, topic: string, batches: Batches): Promise<ReadonlyMap<number, string>> {
    await cluster.addMultipleTargetTopics([topic]);
    const byLeader = new Map<number, Map<number, Buffer>>();
    for (const [partition, batch] of batches) {
      const leader = leaderOf(cluster, topic, partition);
      byLeader.set(leader, (byLeader.get(leader) ?? new Map<number, Buffer>()).set(partition, batch));
    }
    const answers = await Promise.all(
      [...byLeader].map(async ([nodeId, own]) =>
        produceBatches(await cluster.findBroker({ nodeId }), topic, own, this.client.callTimeoutMs),
      ),
    );
    return new Map(answers.flatMap((answer) => [...answer]));
  }
}

const nameOf = (topic: string, partition: number): string => `${partition}@${topic}`;

const grouped = (records: readonly OutgoingRecord[]): ReadonlyMap<number, readonly OutgoingRecord[]> => {
  const groups = new Map<number, OutgoingRecord[]>();
  for (const record of records) {
    const group = groups.get(record.partition);
    if (group === undefined) groups.set(record.partition, [record]);
    else group.push(record);
  }
  return groups;
};

const encoded = (
  topic: string,
  byPartition: ReadonlyMap<number, readonly OutgoingRecord[]>,
  { producerId, producerEpoch, sent }: Identity,
): Batches => {
  const timestamp = Date.now();
  return new Map(
    [...byPartition].map(([partition, records]) => {
      const firstSequence = sent.get(nameOf(topic, partition)) ?? 0;
      return [partition, encodeBatch(records, { producerId, producerEpoch, firstSequence, timestamp })];
    }),
  );
};
