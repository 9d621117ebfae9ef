import type { Broker } from '../lower-level.js';
import { errorOfCode, produceDefinition, produceKey } from '../lower-level.js';

/** One encoded record batch for each of the partitions. */
export type Batches = ReadonlyMap<number, Buffer>;

const allInSync = -1;

/**
 * Sends batches of one topic to the broker that leads their partitions, and answers each one's first offset once every
 * copy in sync has it. The request is that of kafkajs in all but its payload.
 * @throws KafkaJSProtocolError when one partition was refused; others may have been kept
 */
export const produceBatches = async (
  broker: Broker,
  topic: string,
  batches: Batches,
  timeout: number,
): Promise<ReadonlyMap<number, string>> => {
  const { request, response } = broker.lookupRequest(
    produceKey,
    produceDefinition,
  )({ acks: allInSync, timeout, topicData: [] });
  const payload = payloadOf(topic, batches, timeout);
  const encode = async (): Promise<{ buf: Buffer; buffer: Buffer }> => ({ buf: payload, buffer: payload });
  const { topics } = await broker.connectionPool.send({ request: { ...request, encode }, response });
  const answers = topics.flatMap(({ partitions }) => partitions);
  for (const { errorCode } of answers) if (errorCode !== 0) throw errorOfCode(errorCode);
  return new Map(answers.map(({ partition, baseOffset }) => [partition, baseOffset]));
};

/** The layout of versions 3 to 7: no transaction, acks, timeout, one topic with its partitions. */
const payloadOf = (topic: string, batches: Batches, timeout: number): Buffer => {
  const name = Buffer.from(topic);
  const head = Buffer.alloc(18 + name.length);
  head.writeInt16BE(-1, 0);
  head.writeInt16BE(allInSync, 2);
  head.writeInt32BE(timeout, 4);
  head.writeInt32BE(1, 8);
  head.writeInt16BE(name.length, 12);
  name.copy(head, 14);
  head.writeInt32BE(batches.size, 14 + name.length);
  const parts = [...batches].flatMap(([partition, batch]) => {
    const before = Buffer.alloc(8);
    before.writeInt32BE(partition, 0);
    before.writeInt32BE(batch.length, 4);
    return [before, batch];
  });
  return Buffer.concat([head, ...parts]);
};
