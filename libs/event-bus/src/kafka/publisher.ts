import { EventBusUnavailableError } from '../event-bus.js';
import type { KafkaClient } from './kafka-client.js';
import { Producer } from './producer.js';
import { withinTime } from './time-limit.js';
import { recordBatchBytesMax } from './topics.js';
import type { OutgoingRecord } from './wire/wire-record.js';

/** Room for what a record has beside key, value and headers. */
const overheadBytes = 128;
const partitionBytesMax = recordBatchBytesMax - 65_536;
const requestBytesMax = 16_000_000;

/**
 * Appends one call after the other, so that the order of the calls is the order in the log. After a failure the
 * producer is thrown away with its connections: a new one has a new id, and no number that the broker would refuse.
 */
export class Publisher {
  private tail: Promise<unknown> = Promise.resolve();

  private readonly producer: Producer;

  constructor(private readonly client: KafkaClient) {
    this.producer = new Producer(client);
  }

  /** Resolves once every copy in sync has the records; answers the offset of the first one of the last request. */
  append(topic: string, records: readonly OutgoingRecord[]): Promise<string> {
    const what = `to publish to ${topic}`;
    const until = performance.now() + this.client.callTimeoutMs;
    const turn = this.tail.then(() => this.send(what, topic, records, until));
    this.tail = turn.catch(() => undefined);
    // What waits behind a frozen broker is told in time as well, and is not sent once its turn comes.
    return withinTime(what, turn, this.client.callTimeoutMs + 100);
  }

  private async send(what: string, topic: string, records: readonly OutgoingRecord[], until: number): Promise<string> {
    let offset = '0';
    for (const chunk of chunksOf(records)) {
      const limitMs = until - performance.now();
      if (limitMs <= 0) throw new EventBusUnavailableError(`Kafka is slow: no time was left ${what}`);
      offset = await this.sendChunk(what, topic, chunk, limitMs);
    }
    return offset;
  }

  private async sendChunk(what: string, topic: string, records: readonly OutgoingRecord[], limitMs: number): Promise<string> {
    try {
      const offsets = await this.producer.send(what, topic, records, limitMs);
      if (!records.every(({ partition }) => offsets.has(partition))) {
        throw new EventBusUnavailableError(`Kafka has not answered for every partition: ${what}`);
      }
      return offsets.get(records[0]?.partition ?? 0) ?? '0';
    } catch (error) {
      this.client.interrupt();
      throw error;
    }
  }
}

const bytesOf = ({ key, value, headers }: OutgoingRecord): number => {
  let bytes = overheadBytes + Buffer.byteLength(key ?? '') + Buffer.byteLength(value);
  for (const [name, text] of headers) bytes += 8 + Buffer.byteLength(name) + Buffer.byteLength(text);
  return bytes;
};

/** Consecutive parts, each small enough for one record batch per partition and for one request. */
const chunksOf = (records: readonly OutgoingRecord[]): OutgoingRecord[][] => {
  const chunks: OutgoingRecord[][] = [];
  let inPartition = new Map<number, number>();
  let inRequest = Infinity;
  for (const record of records) {
    const bytes = bytesOf(record);
    const full = (inPartition.get(record.partition) ?? 0) + bytes > partitionBytesMax;
    if (full || inRequest + bytes > requestBytesMax) {
      chunks.push([]);
      inPartition = new Map();
      inRequest = 0;
    }
    chunks.at(-1)?.push(record);
    inPartition.set(record.partition, (inPartition.get(record.partition) ?? 0) + bytes);
    inRequest += bytes;
  }
  return chunks;
};
