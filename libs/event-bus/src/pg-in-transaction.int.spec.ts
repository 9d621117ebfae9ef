import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pgInTransaction, pgOnOneState } from './pg-in-transaction.js';
import type { SqlSession } from './sql-session.js';

/** A value that the driver cannot put into words. */
const unspeakable = {
  toPostgres: (): never => {
    throw new Error('unspeakable');
  },
};

describe('a transaction on a pool of pg', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  /** Of one connection, so that each transaction finds what the one before left behind. */
  let pool: pg.Pool;
  let other: pg.Pool;
  let roundTrips = 0;

  const add = 'INSERT INTO kept (n) VALUES ($1)';
  const kept = async (): Promise<readonly number[]> => {
    const { rows } = await other.query<{ n: number }>('SELECT n FROM kept ORDER BY n');
    return rows.map(({ n }) => n);
  };

  beforeAll(async () => {
    database = await testDatabase();
    other = new pg.Pool({ connectionString: database.url, max: 1 });
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
    pool.on('connect', (client) => client.connection.on('readyForQuery', () => (roundTrips += 1)));
  });
  beforeEach(async () => {
    await other.query('DROP TABLE IF EXISTS kept; CREATE TABLE kept (n int PRIMARY KEY)');
    // From its second transaction on, a connection knows how to begin and to end one.
    await pgInTransaction(pool)((session) => session.query('SELECT $1::int', [1]));
    roundTrips = 0;
  });
  afterAll(async () => {
    await Promise.all([pool.end(), other.end()]);
    await database.drop();
  });

  test('begins with its first statement and ends with its last, in the round trips of these', async () => {
    await pgInTransaction(pool)(async (session) => {
      expect(await session.query('SELECT $1::int AS n', [7], { name: 'first' })).toEqual([{ n: 7 }]);
      await session.query(add, [1]);
      expect(await kept()).toEqual([]);
      expect(await session.query(`${add} RETURNING n`, [2], { name: 'adding', last: true })).toEqual([{ n: 2 }]);
      expect(await kept()).toEqual([1, 2]);
    });
    expect(roundTrips).toBe(3);
  });

  test('of one statement takes one round trip', async () => {
    expect(await pgInTransaction(pool)((session) => session.query(`${add} RETURNING n`, [1], { last: true }))).toEqual([{ n: 1 }]);
    expect(roundTrips).toBe(1);
    expect(await kept()).toEqual([1]);
  });

  test('without any takes none', async () => {
    expect(await pgInTransaction(pool)(() => Promise.resolve('nothing to do'))).toBe('nothing to do');
    expect(roundTrips).toBe(0);
  });

  test.each([
    ['the work', (): Promise<unknown> => Promise.reject(new Error('a bug'))],
    ['the last statement', (session: SqlSession) => session.query(add, [1], { name: 'adding', last: true })],
    ['the last statement, which the server does not understand', (session: SqlSession) => session.query('no SQL', [1], { last: true })],
    ['the last statement, whose values cannot be sent', (session: SqlSession) => session.query(add, [unspeakable], { last: true })],
    ['a statement after the last', async (session: SqlSession) => {
      const last = session.query('SELECT $1::int / 0', [1], { last: true }).catch(() => undefined);
      await session.query(add, [3]).finally(() => last);
    }],
    ['a statement whose failure is passed over', (session: SqlSession) => session.query(add, [1]).catch(() => undefined)],
  ])('keeps nothing when it failed by %s', async (_, fail) => {
    const work = pgInTransaction(pool)(async (session) => {
      await session.query(add, [1]);
      await fail(session);
    });
    await expect(work).rejects.toThrow();
    expect(await kept()).toEqual([]);
    await pgInTransaction(pool)((session) => session.query(add, [5]));
    expect(await kept()).toEqual([5]);
  });

  test('takes a statement along that waits for the next one', async () => {
    const guarded = (n: number) =>
      pgInTransaction(pool)(async (session) => {
        const guard = session.query<{ one: number }>('SELECT 1 / $1::int AS one', [n], { name: 'guard', withNext: true });
        const added = session.query(`${add} RETURNING n`, [n], { name: 'adding' });
        return Promise.all([guard, added]);
      });
    await guarded(1);
    roundTrips = 0;
    expect(await guarded(-1)).toEqual([[{ one: -1 }], [{ n: -1 }]]);
    expect(roundTrips).toBe(2);
    await expect(guarded(0)).rejects.toThrow('zero');
    expect(await kept()).toEqual([-1, 1]);
  });

  test('takes several along, and says of all what the first of them failed with', async () => {
    const adding = (...all: readonly number[]) =>
      pgInTransaction(pool)((session) => {
        const name = 'adding';
        const waiting = all.slice(1).map((n) => session.query(`${add} RETURNING n`, [n], { name, withNext: true }));
        return Promise.allSettled([...waiting, session.query(`${add} RETURNING n`, [all[0]], { name, last: true })]);
      });
    await adding(1);
    roundTrips = 0;
    expect(await adding(2, 3, 4)).toMatchObject([{ value: [{ n: 3 }] }, { value: [{ n: 4 }] }, { value: [{ n: 2 }] }]);
    expect(roundTrips).toBe(1);
    await expect(adding(5, 6, 4)).rejects.toThrow('duplicate key');
    expect(await kept()).toEqual([1, 2, 3, 4]);
  });

  test('takes along what has to be written out for the server', async () => {
    const adding = 'INSERT INTO kept SELECT unnest($1::int[]) RETURNING n';
    const all = (...numbers: readonly number[]) =>
      pgInTransaction(pool)(async (session) => {
        const waiting = session.query(adding, [numbers], { name: 'adding all', withNext: true });
        await session.query('SELECT $1::int', [1]);
        return waiting;
      });
    await all(1, 2);
    roundTrips = 0;
    expect(await all(3, 4)).toEqual([{ n: 3 }, { n: 4 }]);
    expect(roundTrips).toBe(2);
  });

  test.each([
    ['and others follow', (session: SqlSession) => session.query(add, [9]).then(() => undefined)],
    ['and none follows', () => Promise.resolve()],
  ])('keeps nothing when a statement that nobody waits for cannot be written out, %s', async (_, follow) => {
    const adding = (value: unknown) =>
      pgInTransaction(pool)(async (session) => {
        await session.query(add, [value === unspeakable ? 2 : 3]);
        void session.query(add, [value], { name: 'adding unheard', withNext: true }).catch(() => undefined);
        await follow(session);
      });
    await adding(1);
    const before = await kept();
    await expect(adding(unspeakable)).rejects.toThrow('unspeakable');
    expect(await kept()).toEqual(before);
  });

  test('says why nothing is done after a statement that nobody waited for', async () => {
    const work = pgInTransaction(pool)(async (session) => {
      void session.query('SELECT 1 / $1::int', [0]).catch(() => undefined);
      await session.query(add, [1]);
    });
    await expect(work).rejects.toThrow('division by zero');
    expect(await kept()).toEqual([]);
  });

  test('ends with a statement that waits for a next one in vain', async () => {
    const alone = (n: number) =>
      pgInTransaction(pool)(async (session) => {
        const adding = session.query(`${add} RETURNING n`, [n], { name: 'adding', withNext: true });
        void adding.catch(() => undefined);
        return { adding };
      });
    await alone(1);
    roundTrips = 0;
    const { adding } = await alone(2);
    expect(await adding).toEqual([{ n: 2 }]);
    expect(roundTrips).toBe(1);
    expect(await kept()).toEqual([1, 2]);
    await expect(alone(2)).rejects.toThrow('duplicate key');
    let left: Promise<unknown> = Promise.resolve();
    const failing = pgInTransaction(pool)(async (session) => {
      left = session.query(add, [3], { name: 'adding plainly', withNext: true });
      await left;
      left = session.query(add, [4], { name: 'adding plainly', withNext: true });
      void left.catch(() => undefined);
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
    await expect(left).rejects.toThrow('rolled back');
    expect(await kept()).toEqual([1, 2]);
  });

  test('runs its statements in the order in which they were asked for, also on a connection that is new', async () => {
    const fresh = new pg.Pool({ connectionString: database.url, max: 1 });
    const added = await pgInTransaction(fresh)(async (session) => {
      const first = session.query(add, [1], { name: 'adding', withNext: true });
      const [seen] = await Promise.all([session.query('SELECT n FROM kept WHERE n > $1', [0]), first]);
      return seen;
    });
    await fresh.end();
    expect(added).toEqual([{ n: 1 }]);
  });

  test('that does not begin does nothing', async () => {
    await expect(pgInTransaction(pool)((session) => session.query(add, ['no number'], { name: 'misadding' }))).rejects.toThrow('no number');
    await expect(pgInTransaction(pool)((session) => session.query(add, [unspeakable]))).rejects.toThrow('unspeakable');
    await expect(pgInTransaction(pool)((session) => session.query('SELECT 1 FROM nowhere WHERE 1 = $1', [1], { name: 'lost' }))).rejects.toThrow('nowhere');
    await other.query('CREATE TABLE nowhere ()');
    expect(await pgInTransaction(pool)((session) => session.query('SELECT 1 FROM nowhere WHERE 1 = $1', [1], { name: 'lost' }))).toEqual([]);
    await other.query('DROP TABLE nowhere');
  });

  test('takes several statements as one text', async () => {
    await pgInTransaction(pool)(async (session) => {
      expect(await session.query('INSERT INTO kept VALUES (1); SELECT n FROM kept')).toEqual([{ n: 1 }]);
      expect(await kept()).toEqual([]);
    });
    expect(await kept()).toEqual([1]);
    await expect(pgInTransaction(pool)((session) => session.query('INSERT INTO kept VALUES (2); SELECT 1 / 0'))).rejects.toThrow('zero');
    expect(await kept()).toEqual([1]);
  });

  test('on one state sees what its first look saw, with the locks that stand before that', async () => {
    const look = 'SELECT count(*)::int AS n, (SELECT count(*)::int FROM pg_locks WHERE mode = $1 AND pid = pg_backend_pid()) AS locks FROM kept';
    const locked = (session: SqlSession): Promise<unknown> =>
      session.query('LOCK TABLE kept IN ROW SHARE MODE', [], { name: 'locking', withNext: true });
    const twice = (): Promise<unknown[]> =>
      pgOnOneState(pool)(async (session) => {
        void locked(session);
        const [before] = await session.query(look, ['RowShareLock'], { name: 'looking' });
        await other.query(add, [roundTrips]);
        return [before, (await session.query(look, ['RowShareLock'], { name: 'looking' }))[0]];
      });
    expect(await twice()).toEqual([{ n: 0, locks: 1 }, { n: 0, locks: 1 }]);
    roundTrips = 0;
    expect(await twice()).toEqual([{ n: 1, locks: 1 }, { n: 1, locks: 1 }]);
    expect(roundTrips).toBe(3);
  });
});
