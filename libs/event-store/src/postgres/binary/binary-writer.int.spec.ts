import { describe, expect, test } from '@jest/globals';

import { PostgresRecords } from '../../testing/postgres-records.js';
import { binaryArray } from './binary-array.js';
import { BinaryWriter } from './binary-writer.js';

const records = new PostgresRecords();

/** What the server has received, as its text. */
const asReceived = async (type: string, array: Buffer): Promise<readonly (string | null)[]> => {
  const rows = await records.sql<{ text: string }>(`SELECT x::text AS text FROM unnest($1::${type}[]) WITH ORDINALITY AS a (x, n) ORDER BY n`, [array]);
  return rows.map(({ text }) => text);
};

describe('what is written in binary is what PostgreSQL receives:', () => {
  test('texts of any script, with quotes, backslashes and ends of lines', async () => {
    const texts = ['', 'plain', 'a"b\\c,{}', 'NULL', 'zwei\nZeilen\tund', 'école', '学校', '🪨'.repeat(30_000), 'x'];
    // Far too small, so that it grows in the midst of an array.
    const writer = new BinaryWriter(8);
    expect(await asReceived('text', binaryArray(writer, 'text', texts, (text) => writer.text(text)))).toEqual(texts);
  });

  test('data byte for byte', async () => {
    const data = ['{"a":1e-7,"b":"\\u0001\\"é"}', '[]', '"x"', '12345678901234567000'];
    const writer = new BinaryWriter(256);
    expect(await asReceived('json', binaryArray(writer, 'json', data, (text) => writer.text(text)))).toEqual(data);
  });

  test('whole numbers up to their limits', async () => {
    const writer = new BinaryWriter(256);
    const [small, middle, large] = [
      [1, 255, 256, 32_767, -1],
      [0, 65_536, 2_147_483_647, -2_147_483_648],
      [0, 4_294_967_295, 4_294_967_296, Number.MAX_SAFE_INTEGER, -1, Number.MIN_SAFE_INTEGER],
    ];
    expect(await asReceived('smallint', binaryArray(writer, 'smallint', small, (n) => writer.smallint(n)))).toEqual(small.map(String));
    expect(await asReceived('int', binaryArray(writer, 'int', middle, (n) => writer.int(n)))).toEqual(middle.map(String));
    expect(await asReceived('bigint', binaryArray(writer, 'bigint', large, (n) => writer.bigint(n)))).toEqual(large.map(String));
  });

  test('instants from the first year to the last, to the millisecond', async () => {
    const instants = [
      '0001-01-01T00:00:00.001Z',
      '0099-02-28T23:59:59.999Z',
      '1582-10-10T12:00:00.500Z',
      '1714-07-30T00:25:25.259Z',
      '1999-12-31T23:59:59.999Z',
      '2000-01-01T00:00:00.000Z',
      '2026-03-01T06:00:00.123Z',
      '2285-06-05T00:00:00.007Z',
      '9999-12-31T23:59:59.999Z',
    ];
    const writer = new BinaryWriter(256);
    const array = binaryArray(writer, 'timestamptz', instants, (instant) => writer.instant(instant));
    const rows = await records.sql<{ text: string }>(
      `SELECT to_char(x AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS text FROM unnest($1::timestamptz[]) WITH ORDINALITY AS a (x, n) ORDER BY n`,
      [array],
    );
    expect(rows.map(({ text }) => text)).toEqual(instants.map((instant) => instant.replace('Z', '000Z')));
  });

  test('ids and hashes, every digit in its place', async () => {
    const writer = new BinaryWriter(256);
    const ids = ['01234567-89ab-cdef-fedc-ba9876543210', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    const hashes = ['00ff10a0'.repeat(8), 'fedcba9876543210'.repeat(4), ''];
    expect(await asReceived('uuid', binaryArray(writer, 'uuid', ids, (id) => writer.uuid(id)))).toEqual(ids);
    const received = await asReceived('bytea', binaryArray(writer, 'bytea', hashes, (hash) => writer.hex(hash)));
    expect(received).toEqual(hashes.map((hash) => `\\x${hash}`));
  });

  test('an array of nothing', async () => {
    const writer = new BinaryWriter(8);
    expect(await asReceived('text', binaryArray(writer, 'text', [], () => undefined))).toEqual([]);
  });

  test('arrays of one writer after the other, each as it was when the writer grew', async () => {
    const writer = new BinaryWriter(32);
    const first = binaryArray(writer, 'int', [1, 2], (n) => writer.int(n));
    const second = binaryArray(writer, 'text', ['x'.repeat(500), 'y'], (text) => writer.text(text));
    expect(await asReceived('int', first)).toEqual(['1', '2']);
    expect(await asReceived('text', second)).toEqual(['x'.repeat(500), 'y']);
  });
});
