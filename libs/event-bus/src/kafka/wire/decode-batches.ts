import type { FetchedRecord, Header } from './wire-record.js';
import { emptyPlace } from './wire-record.js';

/** Before its records: offsets, length, magic, checksum, attributes, times, producer, count. */
const headBytes = 61;
const magic = 2;
const compressionBits = 0x07;
const logAppendTimeBit = 0x08;
const controlBit = 0x20;

/** Reads the fields of records one after the other. Plain loops: it is asked fifty times for each record. */
class Cursor {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  /** Numbers up to 2^53, as lengths and deltas are. */
  varint(): number {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = this.bytes[(this.at += 1) - 1];
      if (byte === undefined) throw new RangeError('A record ends in the middle of a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
  }

  /** Null where there is none. */
  text(): string | null {
    const length = this.varint();
    if (length < 0) return null;
    const [start, end] = [this.at, this.at + length];
    if (end > this.bytes.length) throw new RangeError('A record ends in the middle of a text');
    this.at = end;
    return this.bytes.toString('utf8', start, end);
  }
}

/** True when all of the records are of the format that is read here: version 2, uncompressed. */
export const isPlain = (records: Buffer): boolean => {
  for (let at = 0; at + headBytes <= records.length; at += 12 + records.readInt32BE(at + 8)) {
    if (records.readInt8(at + 16) !== magic || (records.readInt16BE(at + 21) & compressionBits) !== 0) return false;
  }
  return true;
};

/**
 * The records from `offset` on, out of whole batches; the last one may be cut off, and is left out then. What a broker
 * answers begins with the batch that the offset stands in. Markers of transactions come as empty places,
 * or a reader would wait for what stands in the last one.
 */
export const decodeBatches = (records: Buffer, offset: bigint): readonly FetchedRecord[] => {
  const found: FetchedRecord[] = [];
  const wanted = Number(offset);
  for (let at = 0; at + headBytes <= records.length; ) {
    const end = at + 12 + records.readInt32BE(at + 8);
    if (end > records.length) break;
    if ((records.readInt16BE(at + 21) & controlBit) === 0) decodeBatch(records, at, wanted, found);
    else found.push(...emptyPlacesOf(records, at, wanted));
    at = end;
  }
  return found;
};

const emptyPlacesOf = (records: Buffer, at: number, wanted: number): readonly FetchedRecord[] => {
  const place = Number(records.readBigInt64BE(at)) + records.readInt32BE(at + 23);
  return place < wanted ? [] : [{ offset: String(place), timestamp: String(records.readBigInt64BE(at + 35)), ...emptyPlace }];
};

const decodeBatch = (records: Buffer, at: number, wanted: number, found: FetchedRecord[]): void => {
  const firstOffset = Number(records.readBigInt64BE(at));
  const [firstTime, lastTime] = [Number(records.readBigInt64BE(at + 27)), Number(records.readBigInt64BE(at + 35))];
  const atAppend = (records.readInt16BE(at + 21) & logAppendTimeBit) !== 0;
  const count = records.readInt32BE(at + 57);
  const cursor = new Cursor(records, at + headBytes);
  for (let left = count; left > 0; left -= 1) {
    const length = cursor.varint();
    const end = cursor.at + length;
    cursor.at += 1;
    const time = cursor.varint();
    const place = firstOffset + cursor.varint();
    if (place >= wanted) {
      const timestamp = atAppend ? lastTime : firstTime + time;
      found.push({ offset: String(place), timestamp: String(timestamp), ...fieldsOf(cursor) });
    }
    cursor.at = end;
  }
};

const fieldsOf = (cursor: Cursor): Pick<FetchedRecord, 'key' | 'value' | 'headers'> => {
  const [key, value] = [cursor.text(), cursor.text()];
  const headers: Header[] = [];
  for (let left = cursor.varint(); left > 0; left -= 1) headers.push([cursor.text() ?? '', cursor.text() ?? '']);
  return { key, value, headers };
};
