import { crc32c } from './crc32c.js';
import type { OutgoingRecord } from './wire-record.js';

/** Who writes a batch: the broker knows by it a batch that it has already, and one that is out of order. */
export interface BatchOrigin {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  /** Milliseconds since 1970, of all records of the batch. */
  readonly timestamp: number;
}

const headBytes = 61;
const crcAt = 17;
const crcFrom = 21;
const magic = 2;

/** The bytes of the text in UTF-8, each as a character up to U+00FF. */
const bytesOf = (text: string): string =>
  Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');

const written = (value: number): string => {
  let bytes = '';
  // Zigzag: the sign is the lowest bit.
  for (let rest = (value << 1) ^ (value >> 31); ; rest >>>= 7) {
    if ((rest & ~0x7f) === 0) return bytes + String.fromCharCode(rest);
    bytes += String.fromCharCode((rest & 0x7f) | 0x80);
  }
};

const short = Array.from({ length: 2_048 }, (_, value) => written(value));

const varint = (value: number): string => short[value] ?? written(value);

const field = (text: string | null): string => {
  if (text === null) return varint(-1);
  const bytes = bytesOf(text);
  return varint(bytes.length) + bytes;
};

/**
 * A record as a text of bytes: V8 joins short texts far faster than it writes each of them into a buffer, and one has
 * some fifty, most of them names and values of headers.
 */
const recordOf = ({ key, value, headers }: OutgoingRecord, offsetDelta: number): string => {
  let body = `\0\0${varint(offsetDelta)}${field(key)}${field(value)}${varint(headers.length)}`;
  for (const [name, text] of headers) body += field(name) + field(text);
  return varint(body.length) + body;
};

/**
 * A record batch of format version 2, uncompressed, as Kafka keeps it and sends it on:
 * https://kafka.apache.org/documentation/#recordbatch
 */
export const encodeBatch = (records: readonly OutgoingRecord[], origin: BatchOrigin): Buffer => {
  const { producerId, producerEpoch, firstSequence, timestamp } = origin;
  const texts = records.map(recordOf);
  const batch = Buffer.allocUnsafe(headBytes + texts.reduce((sum, { length }) => sum + length, 0));
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(magic, 16);
  batch.writeInt16BE(0, crcFrom);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(timestamp), 27);
  batch.writeBigInt64BE(BigInt(timestamp), 35);
  batch.writeBigInt64BE(producerId, 43);
  batch.writeInt16BE(producerEpoch, 51);
  batch.writeInt32BE(firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  let at = headBytes;
  for (const text of texts) at += batch.write(text, at, 'latin1');
  batch.writeUInt32BE(crc32c(batch, crcFrom), crcAt);
  return batch;
};
