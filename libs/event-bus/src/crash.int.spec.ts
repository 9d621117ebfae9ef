import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import type { PostgresEventStore } from '@cairn/event-store';
import { migratePostgresEventStore, openPostgresEventStore, SystemClock } from '@cairn/event-store';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pgInTransaction } from './pg-in-transaction.js';
import { migrateConsumerTables } from './postgres/consumer-tables.js';
import { migratePostgresEventBus } from './postgres/migrate-postgres-event-bus.js';
import { PostgresCheckpoints } from './postgres/postgres-checkpoints.js';
import { eventually } from './testing/eventually.js';
import { newEvent } from './testing/events.js';

const require = createRequire(import.meta.url);
const hooks = join(dirname(require.resolve('@cairn/embedded-postgres/package.json')), 'jest', 'register-source.js');
const child = fileURLToPath(new URL('testing/crash-child.ts', import.meta.url));

/** A small generator, so that a run can be had again by its seed (mulberry32). */
const chance = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

/** How many events may wait for the copies. */
const aheadMax = 1_000;

describe('copies of a service that are killed', () => {
  let database: { url: string; drop(): Promise<void> };
  let pool: pg.Pool;
  let store: PostgresEventStore;
  const children = new Set<ChildProcess>();

  const kill = async (copy: ChildProcess): Promise<void> => {
    const gone = new Promise((resolve) => copy.once('exit', resolve));
    if (copy.exitCode === null && copy.signalCode === null && copy.kill('SIGKILL')) await gone;
    children.delete(copy);
  };

  const launch = async (): Promise<ChildProcess> => {
    const copy = spawn(process.execPath, ['--conditions=@cairn/source', '--import', hooks, child, database.url], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(copy);
    let said = '';
    copy.stdout?.on('data', (chunk) => (said += String(chunk)));
    copy.stderr?.on('data', (chunk) => (said += String(chunk)));
    await eventually('a copy has started', () => {
      if (copy.exitCode !== null) throw new Error(`The copy ended: ${said}`);
      return said.includes('started');
    });
    return copy;
  };

  beforeEach(async () => {
    database = await testDatabase();
    const connection = { connectionString: database.url };
    pool = new pg.Pool({ ...connection, max: 4 });
    await migratePostgresEventStore({ ownerConnection: database.url, schema: 'plans_store' });
    await migratePostgresEventBus({ connection, serviceRoles: [] });
    await pool.query('CREATE SCHEMA plans');
    await pool.query('CREATE TABLE plans.effect (n bigserial, id text, stream text, version int)');
    const inTransaction = pgInTransaction(pool);
    await migrateConsumerTables(inTransaction, 'plans');
    await new PostgresCheckpoints(inTransaction, 'plans').migrate();
    store = openPostgresEventStore({ scope: 'plans', schema: 'plans_store', clock: new SystemClock(), ...connection });
  });

  afterEach(async () => {
    await Promise.all([...children].map(kill));
    await store.close();
    await pool.end();
    await database.drop();
  });

  test('publish each committed event, and apply each once, in the order of its stream', async () => {
    const seed = Number(process.env['CAIRN_SEED'] ?? Math.floor(Math.random() * 1e9));
    const random = chance(seed);
    const streams = Array.from({ length: 12 }, (_, at) => `plans.adoption-${at}`);
    const acknowledged = new Map<string, string[]>(streams.map((stream) => [stream, []]));
    const total = (): number => [...acknowledged.values()].reduce((sum, ids) => sum + ids.length, 0);
    const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const effects = async (): Promise<number> =>
      (await pool.query<{ effects: number }>('SELECT count(*)::int AS effects FROM plans.effect')).rows[0]?.effects ?? 0;
    let goOn = true;
    // The slower a machine starts its copies, the more would wait for them in the end.
    let applied = 0;
    const watching = (async () => {
      for (; goOn; await pause(50)) applied = await effects();
    })();
    const appending = Promise.all(
      streams.map(async (stream) => {
        const ids = acknowledged.get(stream) ?? [];
        while (goOn) {
          if (total() - applied > aheadMax) {
            await pause(20);
            continue;
          }
          const events = Array.from({ length: 1 + Math.floor(random() * 3) }, () => newEvent());
          await store.append(stream, ids.length === 0 ? 'no-stream' : ids.length, events);
          ids.push(...events.map(({ id }) => id));
          await pause(random() * 20);
        }
      }),
    );
    const copies = await Promise.all([launch(), launch()]);
    for (let kills = 0; kills < 4; kills += 1) {
      await pause(100 + random() * 500);
      const victim = Math.floor(random() * copies.length);
      const [copy] = copies.splice(victim, 1);
      if (copy !== undefined) await kill(copy);
      copies.push(await launch());
    }
    goOn = false;
    await Promise.all([appending, watching]);

    await eventually('each event has its effect', async () => (await effects()) >= total());
    const { rows } = await pool.query<{ id: string; stream: string; version: number }>(
      'SELECT id, stream, version FROM plans.effect ORDER BY n',
    );
    const appliedTo = (stream: string): string[] => rows.filter((row) => row.stream === stream).map(({ id }) => id);
    const wrong = streams.filter((stream) => appliedTo(stream).join() !== acknowledged.get(stream)?.join());
    expect({ seed, wrong }).toEqual({ seed, wrong: [] });
    expect(rows.length).toBeGreaterThan(100);
    const parked = await pool.query('SELECT count(*)::int AS parked FROM plans.parked_message');
    expect(parked.rows).toEqual([{ parked: 0 }]);
  }, 240_000);
});
