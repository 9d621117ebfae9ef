import { randomUUID } from 'node:crypto';
import { EventBusUnavailableError } from '../event-bus.js';
import type { KafkaClient } from './kafka-client.js';
import type { Publisher } from './publisher.js';
import type { Reader } from './reader.js';
import type { Topics } from './topics.js';
import type { FetchedRecord } from './wire/wire-record.js';

/** Fences of a log that was made a second later are above all of the earlier one, up to so many a second. */
const fencesPerSecond = 1_000_000;

interface Birth {
  readonly id: string;
  readonly fenceBase: number;
}

/**
 * A topic of the adapter's own, `cairn.log`. Its first record names the log; every other one is the taking of a fence, or
 * the claim of a topic (see `TopicClaims`). A fence is the place of its record: it grows whoever takes it, and no expiry or deletion of a consumer group sets it
 * back, as would happen to the generation of the group.
 */
export class LogTopic {
  private birth: Promise<Birth> | undefined;

  constructor(
    private readonly client: KafkaClient,
    private readonly topics: Topics,
    private readonly publisher: Publisher,
    private readonly reader: Reader,
    private readonly prefix: string,
  ) {}

  /** To be told of every call that failed: when Kafka answers again, it may be with topics that were made anew. */
  doubt(): void {
    this.birth = undefined;
  }

  /** Cluster, prefix and first record: topics that were deleted and made again are another log. */
  async id(): Promise<string> {
    return (await this.born()).id;
  }

  async takeFence(): Promise<number> {
    const { fenceBase } = await this.born();
    return fenceBase + Number(await this.write());
  }

  /** Appends a note behind the first record. */
  async note(key: string, value: string): Promise<void> {
    await this.born();
    await this.publisher.append(this.name, [{ partition: 0, key, value, headers: [] }]);
  }

  /** All that was appended before the call, from `offset` on. */
  async *recordsFrom(offset: bigint): AsyncGenerator<FetchedRecord> {
    await this.born();
    const place = { topic: this.name, partition: 0 };
    const [end = 0n] = await this.reader.ends([place]);
    for (let next = offset; next < end; ) {
      const records = await this.reader.fetch(place, next);
      const last = records.at(-1);
      if (last === undefined) throw new EventBusUnavailableError(`${this.name} ends at ${end}, and has nothing at ${next}`);
      yield* records;
      next = BigInt(last.offset) + 1n;
    }
  }

  private get name(): string {
    return `${this.prefix}cairn.log`;
  }

  private born(): Promise<Birth> {
    if (this.birth !== undefined) return this.birth;
    const birth = this.lookUp().catch((error: unknown) => {
      if (this.birth === birth) this.birth = undefined;
      throw error;
    });
    this.birth = birth;
    return birth;
  }

  private async lookUp(): Promise<Birth> {
    await this.topics.create(this.name, 1, undefined);
    let first = await this.first();
    if (first === undefined) {
      await this.write();
      first = await this.first();
    }
    if (first === undefined) throw new Error(`Topic ${this.name} has lost its first record`);
    const clusterId = await this.client.call('to ask the cluster for its id', async (cluster) => {
      await cluster.addMultipleTargetTopics([this.name]);
      return cluster.brokerPool.metadata?.clusterId ?? 'unnamed';
    });
    const id = ['kafka', clusterId, this.prefix, first.value ?? ''].join(':');
    return { id, fenceBase: Math.floor(Number(first.timestamp) / 1_000) * fencesPerSecond };
  }

  private async first() {
    const [end] = await this.reader.ends([{ topic: this.name, partition: 0 }]);
    if (end === 0n) return undefined;
    return (await this.reader.fetch({ topic: this.name, partition: 0 }, 0n)).find(({ offset }) => offset === '0');
  }

  private async write(): Promise<string> {
    return this.publisher.append(this.name, [{ partition: 0, key: null, value: randomUUID(), headers: [] }]);
  }
}
