import { setTimeout as sleep } from 'node:timers/promises';
import { EventBusUnavailableError } from '../event-bus.js';
import type { KafkaClient } from './kafka-client.js';
import { typeOf } from './kafka-errors.js';

/** Above the limit of the port for value and headers, with room for the key and for what the adapter adds. */
export const recordBatchBytesMax = 2_097_152;

/** Makes topics and knows their partitions. Names are those of the broker, with the prefix. */
export class Topics {
  constructor(private readonly client: KafkaClient) {}

  async create(topic: string, partitions: number, retentionMs: number | undefined): Promise<void> {
    if ((await this.partitionsOf(topic)) !== undefined) return;
    const configEntries = [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: String(retentionMs ?? -1) },
      { name: 'retention.bytes', value: '-1' },
      { name: 'max.message.bytes', value: String(recordBatchBytesMax) },
    ];
    // -1: as many copies as the cluster makes by default.
    const made = { topic, numPartitions: partitions, replicationFactor: -1, configEntries };
    await this.client.call(`to make topic ${topic}`, async (cluster) => {
      // The first look at the cluster tells who its controller is.
      await cluster.addMultipleTargetTopics([]);
      const controller = await cluster.findControllerBroker();
      await controller.createTopics({ topics: [made], timeout: this.client.callTimeoutMs }).catch((error: unknown) => {
        if (typeOf(error) !== 'TOPIC_ALREADY_EXISTS') throw error;
      });
    });
    await this.seen(topic);
  }

  /** Undefined: the topic was not made. */
  partitionsOf(topic: string): Promise<number | undefined> {
    return this.client.call(`to look at topic ${topic}`, async (cluster) => {
      const broker = await cluster.brokerPool.findConnectedBroker();
      try {
        const { topicMetadata } = await broker.metadata([topic]);
        return topicMetadata[0]?.partitionMetadata.length;
      } catch (error) {
        if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
        throw error;
      }
    });
  }

  /** Brokers learn of a new topic one after the other, and elect leaders; until then it is as if it were not there. */
  private async seen(topic: string): Promise<void> {
    const until = performance.now() + this.client.callTimeoutMs;
    for (;;) {
      const found = await this.partitionsOf(topic).catch((error: unknown) => {
        if (performance.now() > until) throw error;
        return undefined;
      });
      if (found !== undefined) return;
      if (performance.now() > until) throw new EventBusUnavailableError(`Topic ${topic} was made, and is not seen yet`);
      await sleep(20);
    }
  }
}
