import { eventually } from '@cairn/event-bus/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import { Copies } from './testing/copies.js';
import type { Copy } from './testing/copies.js';

describe('the projection runner', () => {
  let copies: Copies;

  beforeAll(async () => {
    copies = await Copies.open();
  });
  beforeEach(() => copies.reset());
  afterEach(() => copies.stopAll());
  afterAll(() => copies.close());

  test('keeps up, and a reader can wait for a position', async () => {
    const { runner } = await copies.start();
    copies.log.grow(3);
    await runner.waitFor('3', 60_000);
    expect(await copies.rows()).toEqual([1, 2, 3]);
    expect(await runner.status()).toMatchObject({ position: '3', head: '3', caughtUp: true, lagEvents: 0, behind_ms: 0 });
  });

  test('a position that does not come is not waited for beyond the time', async () => {
    const { runner } = await copies.start();
    await expect(runner.waitFor('1', 100)).rejects.toThrow(PositionNotReachedError);
  });

  test('goes on from its checkpoint', async () => {
    copies.log.grow(3);
    const first = await copies.start();
    await first.runner.waitFor('3', 60_000);
    await first.runner.stop();
    copies.log.grow(1);
    const second = await copies.start();
    await second.runner.waitFor('4', 60_000);
    expect(await copies.rows()).toEqual([1, 2, 3, 4]);
  });

  test('a failure is told by every copy, changes nothing, and is over once its cause is', async () => {
    const owner = await copies.start();
    const other = await copies.start();
    owner.behaviour.inBatch = () => Promise.reject(new Error('a bug'));
    copies.log.grow(1);
    await expect(owner.runner.waitFor('1', 300)).rejects.toThrow(PositionNotReachedError);
    const failureOf = async ({ runner }: Copy): Promise<string | undefined> => (await runner.status()).failure;
    await eventually('each tells it', async () => (await failureOf(owner)) !== undefined && (await failureOf(other)) !== undefined);
    const behind = { caughtUp: false, failure: 'a bug', lagEvents: 1, behind_ms: expect.any(Number) };
    expect(await owner.runner.status()).toMatchObject(behind);
    expect(await other.runner.status()).toMatchObject(behind);
    expect(await copies.rows()).toEqual([]);
    owner.behaviour.inBatch = () => Promise.resolve();
    await other.runner.waitFor('1', 60_000);
    expect(await other.runner.status()).toMatchObject({ caughtUp: true, failure: undefined });
  });

  test('goes on from a commit of its own whose answer was lost', async () => {
    const { runner, warnings } = await copies.start();
    copies.log.grow(1);
    await runner.waitFor('1', 60_000);
    // As if the answer had not come: the tables and the checkpoint are further on than it knows.
    await copies.pool.query(`BEGIN; INSERT INTO seen VALUES (2, 2); UPDATE seen_count SET many = 2;
      UPDATE projection_checkpoint SET position = '2'; COMMIT`);
    copies.log.grow(2);
    await runner.waitFor('3', 60_000);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', 'count:3']);
    expect(warnings).toEqual([]);
    expect(await runner.status()).toMatchObject({ failure: undefined, caughtUp: true });
  });

  test('has everything before the first event at once, and refuses what is no position', async () => {
    const { runner } = await copies.start();
    await runner.waitFor('0', 0);
    await expect(runner.waitFor('nonsense', 50)).rejects.toMatchObject({ name: 'InvalidPositionError' });
    await expect(runner.waitFor('-1', 50)).rejects.toMatchObject({ name: 'InvalidPositionError' });
  });

  test('a record that was replaced by another is read from its beginning', async () => {
    copies.log.grow(3);
    const first = await copies.start();
    await first.runner.waitFor('3', 60_000);
    await first.runner.stop();
    copies.log.id = 'another log';
    copies.log.numbers.splice(0, 3, 7, 8);
    const second = await copies.start();
    await second.runner.waitFor('2', 60_000);
    expect(second.warnings.join()).toContain('the record is another one');
    expect(await copies.contents()).toEqual(['7:7', '8:8', 'count:2']);
  });
});
