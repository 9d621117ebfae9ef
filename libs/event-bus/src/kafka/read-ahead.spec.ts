import { describe, expect, test } from '@jest/globals';
import { ReadAhead } from './read-ahead.js';
import type { FetchedRecord } from './wire/wire-record.js';

const from = { topic: 't', partition: 0 };
const records = (first: number, count: number, bytes = 10): FetchedRecord[] =>
  Array.from({ length: count }, (_, at) => ({
    key: null,
    value: 'x'.repeat(bytes),
    headers: [],
    offset: String(first + at),
    timestamp: '0',
  }));

describe('what a fetch brought beyond the batch', () => {
  const reading = (ahead: ReadAhead, bytes = 10) => {
    const fetched: bigint[] = [];
    const read = async (offset: bigint, messagesMax = 4, bytesMax = 1_000): Promise<string[]> => {
      const batch = await ahead.read(from, offset, { messagesMax, bytesMax }, async () => {
        fetched.push(offset);
        return records(Number(offset), 10, bytes);
      });
      return batch.map((record) => record.offset);
    };
    return { fetched, read };
  };

  test('is the next batch', async () => {
    const { fetched, read } = reading(new ReadAhead());
    expect(await read(0n)).toEqual(['0', '1', '2', '3']);
    expect(await read(4n)).toEqual(['4', '5', '6', '7']);
    expect(await read(8n)).toEqual(['8', '9']);
    expect(await read(10n)).toHaveLength(4);
    expect(fetched).toEqual([0n, 10n]);
  });

  test('is not handed out for another offset', async () => {
    const { fetched, read } = reading(new ReadAhead());
    await read(0n);
    expect(await read(2n)).toEqual(['2', '3', '4', '5']);
    expect(fetched).toEqual([0n, 2n]);
  });

  test('ends a batch that has grown large, and one message always comes', async () => {
    const { read } = reading(new ReadAhead());
    expect(await read(0n, 10, 25)).toEqual(['0', '1', '2']);
    expect(await read(3n, 10, 1)).toEqual(['3']);
  });

  test('is dropped when it is too much to keep', async () => {
    const { fetched, read } = reading(new ReadAhead(50));
    await read(0n);
    await read(4n);
    expect(fetched).toEqual([0n, 4n]);
  });
});
