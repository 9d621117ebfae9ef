import { millisecondsOf } from '../../instant.js';
import { epochMs } from './binary-values.js';

/** A UTF-16 code unit takes at most this much in UTF-8. */
const unitBytesMax = 3;
/** Each value has its length in front, as 32 bits. */
const lengthBytes = 4;
const two32 = 2 ** 32;

/** What each hexadecimal digit stands for, by its character code. */
const digits = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) digits[digit.charCodeAt(0)] = value;

/** How much a text takes at most, with its length in front. */
export const textBytesMax = (text: string): number => lengthBytes + text.length * unitBytesMax;

/**
 * Writes values in the binary form in which PostgreSQL receives them, as parameters and in COPY: nothing is escaped
 * here, and the server neither looks for ends of texts nor reads times and hexadecimal digits. By itself it grows; whoever
 * hands out parts asks for enough `room` before, since a part that was handed out stays where it is.
 */
export class BinaryWriter {
  private bytes: Buffer;
  /** Where the next value starts. */
  at = 0;

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(bytes);
  }

  /** How much fits in without growing. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  slice(from: number, to = this.at): Buffer {
    return this.bytes.subarray(from, to);
  }

  /** Makes room for so many bytes. Slices that were taken before keep what they show. */
  room(bytes: number): void {
    if (this.left >= bytes) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + bytes));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** 16 bits without a length. */
  int16(value: number): void {
    this.room(2);
    const { bytes, at } = this;
    bytes[at] = value >> 8;
    bytes[at + 1] = value;
    this.at = at + 2;
  }

  /** 32 bits without a length. */
  int32(value: number): void {
    this.room(4);
    const { bytes, at } = this;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
    this.at = at + 4;
  }

  text(text: string): void {
    this.room(textBytesMax(text));
    const length = this.bytes.write(text, this.at + lengthBytes, 'utf8');
    this.int32(length);
    this.at += length;
  }

  smallint(value: number): void {
    this.int32(2);
    this.int16(value);
  }

  int(value: number): void {
    this.int32(4);
    this.int32(value);
  }

  bigint(value: number): void {
    this.int32(8);
    this.int64(value);
  }

  /** 64 bits without a length. */
  int64(value: number): void {
    const high = Math.floor(value / two32);
    this.int32(high);
    this.int32(value - high * two32);
  }

  /** `2025-10-01T05:00:00.123Z` */
  instant(instant: string): void {
    const milliseconds = millisecondsOf(instant) - epochMs;
    const microseconds = milliseconds * 1_000;
    this.int32(8);
    if (Number.isSafeInteger(microseconds)) this.int64(microseconds);
    else this.far(milliseconds);
  }

  /** A UUID with its hyphens, in lower case. */
  uuid(uuid: string): void {
    this.int32(16);
    this.digits(uuid, 0, 8);
    this.digits(uuid, 9, 13);
    this.digits(uuid, 14, 18);
    this.digits(uuid, 19, 23);
    this.digits(uuid, 24, 36);
  }

  /** Bytes, given in hexadecimal digits in lower case. */
  hex(hex: string): void {
    this.int32(hex.length / 2);
    this.digits(hex, 0, hex.length);
  }

  /** More than 285 years from the epoch, the microseconds are no number that is exact. */
  private far(milliseconds: number): void {
    this.room(8);
    this.at = this.bytes.writeBigInt64BE(BigInt(milliseconds) * 1_000n, this.at);
  }

  /** Written out, because a call of the platform costs more than the digits of a UUID. */
  private digits(text: string, from: number, to: number): void {
    this.room((to - from) / 2);
    const { bytes } = this;
    let { at } = this;
    for (let index = from; index < to; index += 2) {
      const high = digits[text.charCodeAt(index)] ?? 0;
      const low = digits[text.charCodeAt(index + 1)] ?? 0;
      bytes[at] = (high << 4) | low;
      at += 1;
    }
    this.at = at;
  }
}
