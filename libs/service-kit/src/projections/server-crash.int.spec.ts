import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import type { EmbeddedPostgres } from '@cairn/embedded-postgres';
import { pgInTransaction } from '@cairn/event-bus';
import { eventually } from '@cairn/event-bus/testing';
import { testFolder } from '@cairn/embedded-postgres/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';

import { projectionDatabaseOf } from '../data/service-database.js';
import { ProjectionRunner } from './projection-runner.js';
import type { Copy } from './testing/copies.js';
import { Copies } from './testing/copies.js';
import { LogReader, seenProjection } from './testing/number-log.js';

/** Nothing but the commits themselves, and the process that is held up below, brings what is committed to the disk. */
const settings = { autovacuum: 'off', bgwriter_lru_maxpages: '0', checkpoint_timeout: '1h' };

let server: EmbeddedPostgres;
let copies: Copies;
beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataDir: await testFolder(), purpose: 'tests', settings });
  copies = await Copies.open({ url: server.urlOf('postgres'), drop: () => server.stop() });
  copies.pool.on('error', () => undefined); // It loses its idle connections with the server.
}, 60_000);
beforeEach(() => copies.reset());
afterEach(() => copies.stopAll());
afterAll(() => copies.close());

/** A lease that is renewed waits for the disk, and brings along what was committed before: not while a batch is to be forgotten. */
const lease_ms = 3_000;

/** The process that writes to the disk what nobody waits for. */
const walWriter = async (): Promise<number> => {
  const { rows } = await copies.pool.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'`);
  return rows[0]?.pid ?? 0;
};

const positionKept = async (): Promise<string | null | undefined> =>
  (await copies.pool.query<{ position: string | null }>('SELECT position FROM projection_checkpoint')).rows[0]?.position;

/** The copies apply one event more, are held, and the server crashes and comes back without what it had not written. */
const forgetTheFourth = async (all: readonly Copy[]): Promise<void> => {
  copies.log.grow(3);
  for (const { runner } of all) await runner.waitFor('3', 5_000);
  await copies.pool.query('CREATE TABLE IF NOT EXISTS kept_until_here ()'); // A commit that waits brings all before it to the disk.
  const writer = await walWriter();
  process.kill(writer, 'SIGSTOP');
  copies.log.grow(1);
  await Promise.all(all.map(({ runner }) => runner.waitFor('4', 5_000)));
  for (const copy of all) copy.freeze();
  process.kill(writer, 'SIGKILL');
  await eventually('the server is back', async () => (await walWriter().catch(() => writer)) !== writer, 30_000);
  expect(await positionKept()).toBe('3');
};

describe('a server that crashes before a batch is on its disk', () => {
  test('has it applied again, and nobody is told meanwhile that it is there', async () => {
    const copy = await copies.start({ lease_ms });
    await forgetTheFourth([copy]);
    await expect(copy.runner.waitFor('4', 300)).rejects.toThrow('is not at 4 yet');
    copy.thaw();
    await copy.runner.waitFor('4', 10_000);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  }, 60_000);

  test('is not believed by copies that have only seen it either', async () => {
    const [owner, other] = [await copies.start({ lease_ms }), await copies.start({ lease_ms })];
    await forgetTheFourth([owner, other]);
    other.thaw();
    await other.runner.waitFor('4', 10_000);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  }, 60_000);

  test('is seen through behind a pooler that hides it', async () => {
    const copy = await copies.start({ hearsOfEnds: false, lease_ms });
    await forgetTheFourth([copy]);
    copy.thaw();
    await eventually('the batch is there again', async () => (await copies.rows()).length === 4, 10_000);
  }, 60_000);
});

/** A runner on the database, after each of whose transactions something is done, as a server does that has crashed. */
const runnerWith = (after: () => Promise<void>, source = new LogReader(copies.log)) => {
  const { inTransaction } = projectionDatabaseOf(copies.pool);
  const told = new Set<() => void>();
  const database = {
    onConnectionEnd: (listener: () => void) => {
      told.add(listener);
      return () => void told.delete(listener);
    },
    inTransaction: (async (work) => {
      const result = await inTransaction(work);
      await after();
      return result;
    }) as typeof inTransaction,
  };
  const behaviour = { keep: (n: number) => n, inBatch: () => Promise.resolve() };
  const runner = new ProjectionRunner(seenProjection(behaviour), source, database, pino({ level: 'silent' }));
  return { runner, tell: () => told.forEach((listener) => listener()) };
};

/** Forgets once what the update finds, and what goes with it: in one transaction, so that nobody sees half of it. */
const forgetting = (update: string, rest = ''): (() => Promise<boolean>) => {
  let done = false;
  return async () => {
    if (done) return false;
    const forgotten = await pgInTransaction(copies.pool)(async (session) => {
      if ((await session.query(`${update} RETURNING 1`)).length === 0) return false;
      if (rest !== '') await session.query(rest);
      return true;
    });
    done ||= forgotten;
    return forgotten;
  };
};

const all = (): readonly string[] => [...copies.log.numbers.map((n) => `${n}:${n}`), `count:${copies.log.numbers.length}`].sort();

test('a read model that was stopped hears of no connection any more', async () => {
  const heard = (): number => copies.pool.listenerCount('remove');
  const before = heard();
  const behaviour = { keep: (n: number) => n, inBatch: () => Promise.resolve() };
  const runner = new ProjectionRunner(seenProjection(behaviour), new LogReader(copies.log), projectionDatabaseOf(copies.pool), pino({ level: 'silent' }));
  expect(heard()).toBe(before + 1);
  await runner.start();
  await runner.stop();
  expect(heard()).toBe(before);
});

test('what is committed while a connection ends is not believed', async () => {
  const forgets = forgetting(
    `UPDATE projection_checkpoint SET position = '3' WHERE position = '4'`,
    'DELETE FROM seen WHERE n = 4; UPDATE seen_count SET many = 3',
  );
  const { runner, tell } = runnerWith(async () => {
    if (await forgets()) tell();
  });
  await runner.start();
  copies.log.grow(3);
  await runner.waitFor('3', 5_000);
  copies.log.grow(1);
  await runner.waitFor('4', 5_000);
  expect([...(await copies.contents())].sort()).toEqual(all());
  await runner.stop();
});

describe('a generation that is being built', () => {
  const rebuilt = async (runner: ReturnType<typeof runnerWith>['runner']): Promise<void> => {
    await eventually('it serves', async () => (await runner.status()).generation === 2, 20_000);
    expect([...(await copies.contents())].sort()).toEqual(all());
    const { rows } = await copies.pool.query(`SELECT 1 FROM pg_constraint WHERE connamespace = 'kit'::regnamespace AND conname = 'seen_kept_is_positive'`);
    expect(rows).toHaveLength(1);
  };

  test.each([
    {
      what: 'a batch of it',
      update: `UPDATE projection_build SET position = NULL WHERE position = '4000'`,
      rest: 'DELETE FROM kit_next.seen; UPDATE kit_next.seen_count SET many = 0',
    },
    {
      what: 'that it was whole',
      update: `UPDATE projection_build SET state = 'filling' WHERE state = 'whole'`,
      rest: 'DROP INDEX kit_next.seen_kept_idx; ALTER TABLE kit_next.seen DROP CONSTRAINT seen_kept_is_positive',
    },
  ])('is whole when it serves although the server has forgotten $what', async ({ update, rest }) => {
    const forgets = forgetting(update, rest);
    let forgotten = false;
    const { runner } = runnerWith(async () => {
      if (await forgets()) forgotten = true;
    });
    copies.log.grow(9_000);
    await runner.start();
    await runner.waitFor('9000', 20_000);
    await runner.rebuild();
    await rebuilt(runner);
    expect(forgotten).toBe(true);
    await runner.stop();
  }, 60_000);

  test('is not taken for filled while it is looked up where the one that serves stands', async () => {
    const source = new LogReader(copies.log);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const first = forgetting(`UPDATE projection_build SET failure = NULL WHERE position = '4000'`);
    const { runner, tell } = runnerWith(async () => {
      if (!(await first())) return;
      source.id = () => held.then(() => copies.log.id);
      tell();
    }, source);
    copies.log.grow(9_000);
    await runner.start();
    await runner.waitFor('9000', 20_000);
    await runner.rebuild();
    const state = async (): Promise<string | undefined> =>
      (await copies.pool.query<{ state: string }>('SELECT state FROM projection_build')).rows[0]?.state;
    await eventually('it is taken for filled', async () => (await state()) === 'whole', 20_000);
    expect((await copies.pool.query('SELECT n FROM kit_next.seen')).rows).toHaveLength(9_000);
    goOn();
    await rebuilt(runner);
    await runner.stop();
  }, 60_000);
});
