import { pgInTransaction } from '@cairn/event-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { CheckpointRows } from './checkpoint-rows.js';
import { Copies } from './testing/copies.js';

describe('the guard of a batch', () => {
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

  /** A batch of one row; twice, so that the guard goes with the statement that follows it as well as before it. */
  const batch = async (fence: string, position: string | undefined, n: number): Promise<void> => {
    await pgInTransaction(copies.pool)(async (session) => {
      const guarded = rows.guard(session, fence, position);
      guarded.catch(() => undefined);
      await session.query('INSERT INTO seen VALUES ($1, $1)', [n]);
      await guarded;
    });
  };

  test.each([
    ['another fence', '6', '41'],
    ['another position', '7', '40'],
    ['no position', '7', undefined],
  ])('lets nothing through under %s than the checkpoint has', async (_, fence, position) => {
    await batch('7', '41', 1);
    await expect(batch(fence, position, 2)).rejects.toThrow(`is not what fence ${fence} left`);
    await batch('7', '41', 3);
    await expect(batch(fence, position, 4)).rejects.toThrow(`is not what fence ${fence} left`);
    expect(await copies.rows()).toEqual([1, 3]);
  });

  test('lets the first batch through, which has no position yet', async () => {
    await copies.pool.query('UPDATE projection_checkpoint SET position = NULL');
    await batch('7', undefined, 1);
    expect(await copies.rows()).toEqual([1]);
  });
});
