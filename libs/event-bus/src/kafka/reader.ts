import type { PartitionId } from '../delivery/polled-log.js';
import type { KafkaClient } from './kafka-client.js';
import { leaderOf } from './leader-of.js';
import { fetchRecords } from './wire/fetch-records.js';
import type { FetchedRecord } from './wire/wire-record.js';

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
      return fetchRecords(broker, topic, partition, offset);
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
