import { pgInTransaction } from '@cairn/event-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { CheckpointRows } from './checkpoint-rows.js';
import { Copies } from './testing/copies.js';

describe('the checkpoint of a batch', () => {
  let copies: Copies;
  const rows = new CheckpointRows('seen');

  beforeAll(async () => {
    copies = await Copies.open();
  });
  beforeEach(async () => {
    await copies.reset();
    await copies.pool.query(`INSERT INTO projection_checkpoint (projection, fence, position) VALUES ('seen', 7, '41')`);
  });
  afterAll(() => copies.close());

  /** A batch of one row; twice, so that the checkpoint goes with the statement that follows it as well as before it. */
  const batch = async (fence: string, from: string | undefined, to: string, n: number): Promise<void> => {
    await pgInTransaction(copies.pool)(async (session) => {
      rows.advance(session, { fence, from, to, lease_ms: 60_000 }).catch(() => undefined);
      await session.query('INSERT INTO seen VALUES ($1, $1)', [n]);
    });
  };
  const checkpoint = async (): Promise<unknown> =>
    (await copies.pool.query("SELECT position, lease_until > now() + interval '50 seconds' AS leased FROM projection_checkpoint")).rows;

  test.each([
    ['another fence', '6', '41'],
    ['another position', '7', '40'],
    ['no position', '7', undefined],
  ])('lets nothing through under %s than the checkpoint has', async (_, fence, position) => {
    await batch('7', '41', '41', 1);
    await expect(batch(fence, position, '99', 2)).rejects.toThrow(`is not what fence ${fence} left`);
    await batch('7', '41', '41', 3);
    await expect(batch(fence, position, '99', 4)).rejects.toThrow(`is not what fence ${fence} left`);
    expect(await copies.rows()).toEqual([1, 3]);
    expect(await checkpoint()).toEqual([{ position: '41', leased: true }]);
  });

  test('lets the first batch through, which has no position yet', async () => {
    await copies.pool.query('UPDATE projection_checkpoint SET position = NULL');
    await batch('7', undefined, '3', 1);
    expect(await copies.rows()).toEqual([1]);
    expect(await checkpoint()).toEqual([{ position: '3', leased: true }]);
  });

  test('moves nothing when the batch fails', async () => {
    await batch('7', '41', '42', 1);
    await expect(batch('7', '42', '43', 1)).rejects.toThrow('duplicate key');
    expect(await checkpoint()).toEqual([{ position: '42', leased: true }]);
  });
});
