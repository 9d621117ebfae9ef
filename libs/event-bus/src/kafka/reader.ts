import type { PartitionId } from '../delivery/polled-log.js';
import type { KafkaClient } from './kafka-client.js';
import type { FetchedRecord } from './lower-level.js';

/** A fetch ends with the record batch that passes this; a larger one comes alone. */
const fetchBytesMax = 1_048_576;
const readUncommitted = 0;
const [latest, earliest] = [-1, -2];

/** Reads partitions from their leaders, without a group and without waiting for what is not there yet. */
export class Reader {
  constructor(private readonly client: KafkaClient) {}

  /** For each partition the offset that its next message will get. */
  ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    return this.offsets(partitions, latest);
  }

  /** For each partition the first offset that is still kept. */
  starts(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    return this.offsets(partitions, earliest);
  }

  /** Some records from `offset` on; none at the end. */
  fetch({ topic, partition }: PartitionId, offset: bigint): Promise<readonly FetchedRecord[]> {
    return this.client.call(`to read ${topic}/${partition}`, async (cluster) => {
      await cluster.addMultipleTargetTopics([topic]);
      const broker = await cluster.findBroker({ nodeId: leaderOf(cluster, topic, partition) });
      const { responses } = await broker.fetch({
        replicaId: -1,
        isolationLevel: readUncommitted,
        maxWaitTime: 0,
        minBytes: 1,
        maxBytes: fetchBytesMax,
        topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: fetchBytesMax }] }],
      });
      const messages = responses.flatMap(({ partitions }) => partitions).flatMap((one) => one.messages);
      // The broker answers whole record batches, also what stands before the offset in the first of them.
      return messages.filter((record) => !record.isControlRecord && BigInt(record.offset) >= offset);
    });
  }

  private async offsets(wanted: readonly PartitionId[], timestamp: number): Promise<readonly bigint[]> {
    if (wanted.length === 0) return [];
    const found = await this.client.call('to ask how far partitions reach', async (cluster) => {
      await cluster.addMultipleTargetTopics([...new Set(wanted.map(({ topic }) => topic))]);
      const byLeader = new Map<number, Map<string, { partition: number; timestamp: number }[]>>();
      for (const { topic, partition } of wanted) {
        const leader = leaderOf(cluster, topic, partition);
        const topics = byLeader.get(leader) ?? new Map<string, { partition: number; timestamp: number }[]>();
        byLeader.set(leader, topics);
        topics.set(topic, [...(topics.get(topic) ?? []), { partition, timestamp }]);
      }
      return Promise.all(
        [...byLeader].map(async ([nodeId, byTopic]) => {
          const broker = await cluster.findBroker({ nodeId });
          const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
          return broker.listOffsets({ replicaId: -1, isolationLevel: readUncommitted, topics });
        }),
      );
    });
    const offsets = new Map<string, bigint>();
    for (const { topic, partitions } of found.flatMap(({ responses }) => responses)) {
      for (const { partition, offset } of partitions) offsets.set(`${partition}@${topic}`, BigInt(offset));
    }
    return wanted.map(({ topic, partition }) => offsets.get(`${partition}@${topic}`) ?? 0n);
  }
}

const leaderOf = (cluster: Parameters<Parameters<KafkaClient['call']>[1]>[0], topic: string, partition: number): number => {
  const found = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
  if (found === undefined || found.leader < 0) throw new Error(`${topic}/${partition} has no leader now`);
  return found.leader;
};
