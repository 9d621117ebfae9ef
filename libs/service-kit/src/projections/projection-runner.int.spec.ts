import { pgInTransaction } from '@cairn/event-bus';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';

import { PositionNotReachedError } from '../http/min-position.interceptor.js';
import type { Projection, ProjectionSource } from './projection-runner.js';
import { checkpointDdl, ProjectionRunner } from './projection-runner.js';

/** A log in memory whose events are numbers; the position of an event is its place, counted from 1. */
class NumberLog implements ProjectionSource<number> {
  readonly numbers: number[] = [];
  read(after: string | undefined, limit: number) {
    const from = Number(after ?? 0);
    const events = this.numbers.slice(from, from + limit);
    return Promise.resolve({ events, readUpTo: events.length === 0 ? after : String(from + events.length) });
  }
  head() {
    return Promise.resolve(this.numbers.length === 0 ? undefined : String(this.numbers.length));
  }
  compare(left: string, right: string) {
    return Number(left) - Number(right);
  }
}

describe('the projection runner', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let pool: pg.Pool;
  let log: NumberLog;
  let broken = false;
  const running: ProjectionRunner<number>[] = [];

  /** Each number once: a second application of the same event violates the key. */
  const seen: Projection<number> = {
    name: 'seen',
    project: async (events, session) => {
      if (broken) throw new Error('a bug');
      for (const n of events) await session.query('INSERT INTO seen VALUES ($1)', [n]);
    },
    reset: async (session) => {
      await session.query('DELETE FROM seen');
    },
  };
  const start = async (): Promise<ProjectionRunner<number>> => {
    const runner = new ProjectionRunner(seen, log, pgInTransaction(pool), pino({ level: 'silent' }));
    running.push(runner);
    await runner.start();
    return runner;
  };
  const rows = async (): Promise<number[]> => (await pool.query<{ n: number }>('SELECT n FROM seen ORDER BY n')).rows.map(({ n }) => n);

  beforeAll(async () => {
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    await pool.query(`${checkpointDdl}; CREATE TABLE seen (n int PRIMARY KEY)`);
  });
  beforeEach(async () => {
    log = new NumberLog();
    broken = false;
    await pool.query('DELETE FROM seen; DELETE FROM projection_checkpoint');
  });
  afterEach(async () => {
    for (const runner of running.splice(0)) await runner.stop();
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('keeps up, and a reader can wait for a position', async () => {
    const runner = await start();
    log.numbers.push(1, 2, 3);
    await runner.waitFor('3', 5_000);
    expect(await rows()).toEqual([1, 2, 3]);
    expect(await runner.status()).toMatchObject({ position: '3', head: '3', caughtUp: true });
  });

  test('a position that does not come is not waited for beyond the time', async () => {
    const runner = await start();
    await expect(runner.waitFor('1', 100)).rejects.toThrow(PositionNotReachedError);
  });

  test('goes on from its checkpoint', async () => {
    log.numbers.push(1, 2, 3);
    const first = await start();
    await first.waitFor('3', 5_000);
    await first.stop();
    log.numbers.push(4);
    const second = await start();
    await second.waitFor('4', 5_000);
    expect(await rows()).toEqual([1, 2, 3, 4]);
  });

  test('of two copies each event is applied by one', async () => {
    const copies = [await start(), await start()];
    for (let n = 1; n <= 400; n += 1) {
      log.numbers.push(n);
      for (const copy of copies) copy.wake();
      if (n % 20 === 0) await copies[n % 2]?.waitFor(String(n), 5_000);
    }
    for (const copy of copies) await copy.waitFor('400', 5_000);
    expect(await rows()).toHaveLength(400);
    for (const copy of copies) expect((await copy.status()).failure).toBeUndefined();
  });

  test('a failure is told, changes nothing, and is over once its cause is', async () => {
    broken = true;
    const runner = await start();
    log.numbers.push(1);
    await expect(runner.waitFor('1', 300)).rejects.toThrow(PositionNotReachedError);
    expect(await runner.status()).toMatchObject({ caughtUp: false, failure: 'a bug' });
    expect(await rows()).toEqual([]);
    broken = false;
    await runner.waitFor('1', 10_000);
    expect(await runner.status()).toMatchObject({ caughtUp: true, failure: undefined });
  });

  test('dropped and derived again, the tables are the same', async () => {
    log.numbers.push(1, 2, 3);
    const runner = await start();
    await runner.waitFor('3', 5_000);
    await pool.query('UPDATE seen SET n = 9 WHERE n = 3');
    runner.rebuild();
    expect((await runner.status()).caughtUp).toBe(false);
    await runner.waitFor('3', 5_000);
    expect(await rows()).toEqual([1, 2, 3]);
  });

  test('has everything before the first event at once, and refuses what is no position', async () => {
    const runner = await start();
    await runner.waitFor('0', 0);
    await expect(runner.waitFor('nonsense', 50)).rejects.toMatchObject({ name: 'InvalidPositionError' });
    await expect(runner.waitFor('-1', 50)).rejects.toMatchObject({ name: 'InvalidPositionError' });
  });
});
