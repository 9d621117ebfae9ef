import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from './crc32c.js';
import { decodeBatches, isPlain } from './decode-batches.js';
import { encodeBatch } from './encode-batch.js';
import type { Header, OutgoingRecord } from './wire-record.js';

/** The decoder and the encoder of kafkajs, which did this work before, and against which ours is held. */
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (from: object) => Promise<DecodedBatch>;
const crcOfKafkajs = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C') as (bytes: Buffer) => number;
const RecordOfKafkajs = require('kafkajs/src/protocol/recordBatch/record/v0') as (of: object) => object;
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (of: object) => Promise<{ readonly buffer: Buffer }>;
};

interface DecodedBatch {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastOffsetDelta: number;
  readonly records: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, Buffer>>;
    readonly offset: string;
    readonly timestamp: string;
  }[];
}

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string({ maxLength: 3_000 }), fc.constant(''));
/** kafkajs reads headers into an object, where a name stands once, and what every object has is mistaken for one. */
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter((one) => !(one in {}));
const headers = fc.uniqueArray(fc.tuple(name, text), { selector: ([header]) => header, maxLength: 30 });
const record: fc.Arbitrary<OutgoingRecord> = fc.record({
  partition: fc.constant(0),
  key: fc.option(text),
  value: text,
  headers,
});
const records = fc.array(record, { minLength: 1, maxLength: 70 });
const origin = fc.record({
  producerId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  firstSequence: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  timestamp: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});

const fields = ({ key, value, headers: of }: Pick<OutgoingRecord, 'key' | 'headers'> & { value: string | null }) => ({
  key,
  value,
  headers: of.map(([header, content]) => [header, content]),
});

describe('a record batch', () => {
  test('is read by kafkajs as it was meant', async () => {
    await fc.assert(
      fc.asyncProperty(records, origin, async (sent, of) => {
        const batch = encodeBatch(sent, of);
        const read = await decodeBatch(new Decoder(batch));
        const { producerId, producerEpoch, firstSequence, lastOffsetDelta } = read;
        expect({ producerId, producerEpoch, firstSequence }).toEqual({
          producerId: String(of.producerId),
          producerEpoch: of.producerEpoch,
          firstSequence: of.firstSequence,
        });
        expect(lastOffsetDelta).toBe(sent.length - 1);
        expect(batch.readUInt32BE(17)).toBe(crcOfKafkajs(batch.subarray(21)));
        for (const [at, one] of read.records.entries()) {
          const seen: Header[] = Object.keys(one.headers).map((header) => [header, one.headers[header]?.toString() ?? '']);
          const expected = sent[at] as OutgoingRecord;
          expect([one.offset, one.timestamp]).toEqual([String(at), String(of.timestamp)]);
          expect([one.key?.toString() ?? null, one.value?.toString()]).toEqual([expected.key, expected.value]);
          expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(expected.headers));
        }
        expect(read.records).toHaveLength(sent.length);
      }),
    );
  });

  test('comes out as it went in', () => {
    fc.assert(
      fc.property(records, origin, fc.nat(), (sent, of, cut) => {
        const batch = encodeBatch(sent, of);
        const both = Buffer.concat([batch, batch]);
        both.writeBigInt64BE(BigInt(sent.length), batch.length);
        expect(isPlain(both)).toBe(true);
        const read = decodeBatches(both, 0n);
        expect(read.map(fields)).toEqual([...sent, ...sent].map(fields));
        expect(read.map(({ offset }) => offset)).toEqual(read.map((_, at) => String(at)));
        expect(decodeBatches(both, BigInt(sent.length + 1)).map(fields)).toEqual(sent.slice(1).map(fields));
        // The broker cuts its answer off by bytes, in the middle of whatever stands there.
        const whole = decodeBatches(both.subarray(0, batch.length + (cut % batch.length)), 0n);
        expect(whole).toHaveLength(sent.length);
      }),
    );
  });

  test('of kafkajs is read, whatever the times of its records', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(times, records, async (timestamps, sent) => {
        const [first = 0] = timestamps;
        const encoded = sent.map(({ key, value, headers: of }, at) => {
          const timestampDelta = (timestamps[at % timestamps.length] ?? 0) - first;
          return RecordOfKafkajs({ key, value, headers: Object.fromEntries(of), offsetDelta: at, timestampDelta });
        });
        const { buffer } = await RecordBatch({ records: encoded, firstTimestamp: first, lastOffsetDelta: sent.length - 1 });
        const read = decodeBatches(buffer, 0n);
        expect(read.map(({ timestamp }) => timestamp)).toEqual(sent.map((_, at) => String(timestamps[at % timestamps.length])));
        expect(read.map(({ key, value }) => [key, value])).toEqual(sent.map(({ key, value }) => [key, value]));
      }),
    );
  });

  test('of a transaction marker is an empty place, and a compressed one is for others', () => {
    const batch = encodeBatch([{ partition: 0, key: null, value: 'v', headers: [] }], {
      producerId: 1n,
      producerEpoch: 0,
      firstSequence: 0,
      timestamp: 0,
    });
    batch.writeInt16BE(0x20, 21);
    const empty = { offset: '0', timestamp: '0', key: null, value: null, headers: [['cairn_kind', 'watermark']] };
    expect(decodeBatches(batch, 0n)).toEqual([empty]);
    expect(decodeBatches(batch, 1n)).toEqual([]);
    batch.writeInt16BE(0x01, 21);
    expect(isPlain(batch)).toBe(false);
  });
});

test('the checksum is that of RFC 3720, and of kafkajs', () => {
  // Appendix B.4.
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => crc32c(bytes) === crcOfKafkajs(Buffer.from(bytes))));
});
