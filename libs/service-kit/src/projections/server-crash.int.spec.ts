import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import type { EmbeddedPostgres } from '@cairn/embedded-postgres';
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
    const copy = await copies.start();
    await forgetTheFourth([copy]);
    await expect(copy.runner.waitFor('4', 300)).rejects.toThrow('is not at 4 yet');
    copy.thaw();
    await copy.runner.waitFor('4', 10_000);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  }, 60_000);

  test('is not believed by copies that have only seen it either', async () => {
    const [owner, other] = [await copies.start(), await copies.start()];
    await forgetTheFourth([owner, other]);
    other.thaw();
    await other.runner.waitFor('4', 10_000);
    expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  }, 60_000);

  test('is seen through behind a pooler that hides it', async () => {
    const copy = copies.add({ hearsOfEnds: false });
    await copy.runner.start();
    await forgetTheFourth([copy]);
    copy.thaw();
    await eventually('the batch is there again', async () => (await copies.rows()).length === 4, 10_000);
  }, 60_000);
});

test('what is committed while a connection ends is not believed', async () => {
  const { inTransaction } = projectionDatabaseOf(copies.pool);
  let tell: () => void = () => undefined;
  let forgets = false;
  const database = {
    onConnectionEnd: (listener: () => void) => void (tell = listener),
    inTransaction: (async (work) => {
      const result = await inTransaction(work);
      if (forgets && (await positionKept()) === '4') {
        // As if the server had crashed right behind the answer.
        forgets = false;
        await copies.pool.query(`UPDATE projection_checkpoint SET position = '3'; DELETE FROM seen WHERE n = 4; UPDATE seen_count SET many = 3`);
        tell();
      }
      return result;
    }) as typeof inTransaction,
  };
  const behaviour = { keep: (n: number) => n, inBatch: () => Promise.resolve() };
  const runner = new ProjectionRunner(seenProjection(behaviour), new LogReader(copies.log), database, pino({ level: 'silent' }));
  await runner.start();
  copies.log.grow(3);
  await runner.waitFor('3', 5_000);
  forgets = true;
  copies.log.grow(1);
  await runner.waitFor('4', 5_000);
  expect(await copies.contents()).toEqual(['1:1', '2:2', '3:3', '4:4', 'count:4']);
  await runner.stop();
});
