import type { Broker, LegacyRecord, ResponseDefinition } from '../lower-level.js';
import { errorOfCode, fetchDefinition, fetchKey } from '../lower-level.js';
import { decodeBatches, isPlain } from './decode-batches.js';
import type { FetchedRecord, Header } from './wire-record.js';
import { emptyPlace } from './wire-record.js';

/** A fetch ends with the record batch that passes this; a larger one comes alone. */
const fetchBytesMax = 1_048_576;
const readUncommitted = 0;

/**
 * Records of one partition from `offset` on, without waiting for what is not there yet. The request is that of kafkajs;
 * its answer is read here, since kafkajs needs a new object for each header of a record. What others have compressed,
 * or written in a format from before Kafka 0.11, is left to kafkajs.
 * @throws KafkaJSProtocolError
 */
export const fetchRecords = async (
  broker: Broker,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<readonly FetchedRecord[]> => {
  const { request, response } = broker.lookupRequest(
    fetchKey,
    fetchDefinition,
  )({
    replicaId: -1,
    isolationLevel: readUncommitted,
    maxWaitTime: 0,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: fetchBytesMax }] }],
  });
  const { raw } = await broker.connectionPool.send({ request, response: asItCame(request.apiVersion) });
  const { errorCode, records } = readAnswer(raw, request.apiVersion);
  if (errorCode !== 0) throw errorOfCode(errorCode);
  if (isPlain(records)) return decodeBatches(records, offset);
  const { responses } = await response.decode(raw);
  const messages = responses.flatMap(({ partitions }) => partitions).flatMap((one) => one.messages);
  return messages.filter((one) => BigInt(one.offset) >= offset).map(recordOf);
};

/** Leaves the answer as it came, but for what kafkajs itself heeds of it: how long a broker that is asked too much wants peace. */
const asItCame = (version: number): ResponseDefinition<{ readonly raw: Buffer }> => ({
  decode: async (raw) => ({ raw, clientSideThrottleTime: version >= 8 ? raw.readInt32BE(0) : 0 }),
  parse: async (answer) => answer,
});

/** What the one partition of an answer says; the layouts are those of versions 4 to 11. */
const readAnswer = (raw: Buffer, version: number): { errorCode: number; records: Buffer } => {
  let at = version >= 7 ? 14 : 8;
  // A broker that wants peace names no topic at all.
  if (raw.readInt32BE(at - 4) === 0) return { errorCode: version >= 7 ? raw.readInt16BE(4) : 0, records: Buffer.alloc(0) };
  at += 2 + raw.readInt16BE(at) + 8;
  const errorCode = raw.readInt16BE(at);
  at += version >= 5 ? 26 : 18;
  const aborted = raw.readInt32BE(at);
  at += 4 + 16 * Math.max(0, aborted) + (version >= 11 ? 4 : 0);
  const bytes = Math.max(0, raw.readInt32BE(at));
  return { errorCode, records: raw.subarray(at + 4, at + 4 + bytes) };
};

const recordOf = (record: LegacyRecord): FetchedRecord =>
  record.isControlRecord ? { offset: record.offset, timestamp: record.timestamp, ...emptyPlace } : messageOf(record);

const messageOf = ({ key, value, headers, offset, timestamp }: LegacyRecord): FetchedRecord => ({
  key: key?.toString() ?? null,
  value: value?.toString() ?? null,
  headers: Object.entries(headers).flatMap(([name, texts]) =>
    (Array.isArray(texts) ? texts : [texts]).map((text: Buffer | null): Header => [name, text?.toString() ?? '']),
  ),
  offset,
  timestamp,
});
