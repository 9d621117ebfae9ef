import { setTimeout as sleep } from 'node:timers/promises';

import { pgInTransaction } from '@cairn/event-bus';
import type { InTransaction } from '@cairn/event-bus';
import { eventually } from '@cairn/event-bus/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { CheckpointRows } from './checkpoint-rows.js';
import { Lease } from './lease.js';
import { Copies, lease_ms } from './testing/copies.js';
import type { Copy } from './testing/copies.js';

describe('of several copies of a service', () => {
  let copies: Copies;

  beforeAll(async () => {
    copies = await Copies.open();
  });
  beforeEach(() => copies.reset());
  afterEach(() => copies.stopAll());
  afterAll(() => copies.close());

  const fence = async (): Promise<number> => {
    const { rows } = await copies.pool.query<{ fence: number }>('SELECT fence::int FROM projection_checkpoint');
    return rows[0]?.fence ?? 0;
  };
  /** A batch of it that is in the middle, and stays there until it is told to go on. */
  const inTheMiddle = (copy: Copy): Promise<void> =>
    new Promise((resolve) => {
      copy.behaviour.inBatch = () => {
        copy.freeze();
        resolve();
        return Promise.resolve();
      };
    });

  test('one reads and writes, and every one knows how far it is', async () => {
    const owner = await copies.start();
    const others = [await copies.start(), await copies.start()];
    for (let n = 1; n <= 40; n += 1) {
      copies.log.grow(10);
      owner.runner.wake();
      await others[n % 2]?.runner.waitFor(String(n * 10), 60_000);
    }
    expect(await copies.rows()).toHaveLength(400);
    expect(others.map(({ source }) => source.reads)).toEqual([0, 0]);
    for (const { runner } of others) expect(await runner.status()).toMatchObject({ position: '400', caughtUp: true, failure: undefined });
    expect(await fence()).toBe(1);
  });

  test('another goes on when one stops', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    await owner.runner.stop();
    copies.log.grow(3);
    await other.runner.waitFor('3', 60_000);
    expect(await copies.rows()).toEqual([1, 2, 3]);
    expect(await fence()).toBe(2);
  });

  test('another goes on soon after one was killed in the middle of a batch', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    const middle = inTheMiddle(owner);
    copies.log.grow(3);
    await middle;
    const killed_ms = performance.now();
    await owner.kill();
    await other.runner.waitFor('3', 60_000);
    expect(performance.now() - killed_ms).toBeLessThan(lease_ms * 4);
    expect(await copies.rows()).toEqual([1, 2, 3]);
  });

  test('another takes over from one that was frozen while it changed its lease', async () => {
    const frozen = await copies.pool.connect();
    frozen.on('error', () => undefined);
    const neverCommitted: InTransaction = async (work) => {
      await frozen.query('BEGIN');
      return work({ query: async <Row>(sql: string, values: readonly unknown[] = []) => (await frozen.query(sql, [...values])).rows as Row[] });
    };
    const inTransaction = pgInTransaction(copies.pool);
    await inTransaction((session) => new CheckpointRows('held').ensure(session));
    await new Lease('held', neverCommitted, lease_ms).keep();
    const other = new Lease('held', inTransaction, lease_ms);
    await eventually('the server has ended the transaction', async () => {
      await other.keep();
      return other.fence !== undefined;
    });
    frozen.release(true);
  });

  test('one that was frozen before its commit, and comes back, commits nothing', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    owner.freeze();
    // It has read these two, and means to write them; meanwhile another has, and more.
    copies.log.grow(2);
    const reads = owner.source.reads;
    await eventually('the frozen one has read them', () => Promise.resolve(owner.source.reads > reads));
    await other.runner.waitFor('2', 60_000);
    copies.log.grow(1);
    await other.runner.waitFor('3', 60_000);
    const before = await copies.contents();
    owner.thaw();
    await eventually('it was refused', () => Promise.resolve(owner.warnings.some((warning) => warning.includes('Another copy took seen over'))));
    expect(await copies.contents()).toEqual(before);
    const readsAfter = owner.source.reads;
    copies.log.grow(1);
    await owner.runner.waitFor('4', 60_000);
    expect(owner.source.reads).toBe(readsAfter);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  });

  test('one that is frozen in the middle of a batch holds the others up for seconds only', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    const middle = inTheMiddle(owner);
    copies.log.grow(3);
    await middle;
    await other.runner.waitFor('3', 15_000);
    owner.thaw();
    copies.log.grow(1);
    await other.runner.waitFor('4', 60_000);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  });

  test('one whose batches take longer than its lease lasts keeps the projection', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    owner.behaviour.inBatch = () => sleep(lease_ms * 1.2);
    for (let n = 1; n <= 4; n += 1) {
      copies.log.grow(1);
      await owner.runner.waitFor(String(n), 60_000);
      // Long enough for the other to look, and too short for the owner to have anything to renew.
      await sleep(lease_ms / 4);
    }
    expect(await fence()).toBe(1);
    expect(other.source.reads).toBe(0);
    expect(await copies.rows()).toEqual([1, 2, 3, 4]);
  });

  test('one that is idle keeps the projection', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    const { rows: before } = await copies.pool.query<{ lease_until: Date }>('SELECT lease_until FROM projection_checkpoint');
    await eventually('it has renewed its lease over and over', async () => {
      const { rows } = await copies.pool.query<{ lease_until: Date }>('SELECT lease_until FROM projection_checkpoint');
      return (rows[0]?.lease_until.getTime() ?? 0) > (before[0]?.lease_until.getTime() ?? 0) + 3 * lease_ms;
    });
    expect(await fence()).toBe(1);
    expect(other.source.reads).toBe(0);
    expect(owner.warnings).toEqual([]);
  });
});
