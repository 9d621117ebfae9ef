import { testDatabase } from '@cairn/embedded-postgres/testing';
import { InMemoryEventLog, InMemoryEventStore, SystemClock } from '@cairn/event-store';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { pgInTransaction } from '../pg-in-transaction.js';
import { PostgresCheckpoints } from '../postgres/postgres-checkpoints.js';
import { eventually } from '../testing/eventually.js';
import { newEvent } from '../testing/events.js';
import { Ledger } from '../testing/ledger.js';
import type { Relay } from './start-relay.js';
import { startRelay } from './start-relay.js';

describe('the relays of several copies of a service', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let pool: pg.Pool;
  let checkpoints: PostgresCheckpoints;
  let store: InMemoryEventStore;
  let bus: InMemoryEventBus;
  let ledger: Ledger;
  const relays: Relay[] = [];

  const start = (leaseMs = 400): Relay => {
    const relay = startRelay({
      store,
      bus,
      topic: 'topic',
      partitions: 1,
      leaseMs,
      checkpoint: checkpoints.of('relay', { store, bus }),
      toMessage: ({ stream }) => ({ key: stream, headers: {}, value: '{}' }),
    });
    relays.push(relay);
    return relay;
  };

  const appendTen = async (from: number): Promise<void> => {
    for (let version = from; version < from + 10; version += 1) {
      await store.append('plans.adoption-1', version === 0 ? 'no-stream' : version, [newEvent()]);
    }
  };

  const publishedPositions = (): string[] => ledger.events.map(({ sourcePosition }) => sourcePosition);
  const upTo = (last: number): string[] => Array.from({ length: last }, (_, at) => String(at + 1));

  beforeEach(async () => {
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query('CREATE SCHEMA plans');
    checkpoints = new PostgresCheckpoints(pgInTransaction(pool), 'plans');
    await Promise.all(Array.from({ length: 4 }, () => checkpoints.migrate()));
    store = new InMemoryEventStore({ scope: 'plans', clock: new SystemClock(), log: new InMemoryEventLog() });
    bus = new InMemoryEventBus();
    ledger = new Ledger();
    await bus.ensureTopic('topic', { partitions: 1 });
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
  });

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await bus.close();
    await store.close();
    await pool.end();
    await database.drop();
  });

  test('take turns: one publishes, and the other goes on where it stopped', async () => {
    const first = start();
    await eventually('the first publishes', () => first.publishing);
    const second = start();
    await appendTen(0);
    await eventually('the second knows that all is out', async () => (await second.lag()).caughtUp);
    expect(second.publishing).toBe(false);
    await first.stop();
    await appendTen(10);
    await eventually('all is out', () => second.publishedUpTo === '20' && ledger.events.length === 20);
    expect(second.publishing).toBe(true);
    expect(publishedPositions()).toEqual(upTo(20));
  });

  test('wait for the lease of one that was killed, and no longer', async () => {
    const killed = checkpoints.of('relay', { store, bus });
    expect(await killed.takeTurn(300)).toBe(true);
    expect(await checkpoints.of('relay', { store, bus }).takeTurn(300)).toBe(false);
    const relay = start();
    await appendTen(0);
    await eventually('all is out', () => ledger.events.length === 10);
    expect(relay.publishing).toBe(true);
    expect(await killed.takeTurn(300)).toBe(false);
  });

  test('lose nothing when the turn is taken from one that was asleep', async () => {
    const first = start();
    await eventually('the first publishes', () => first.publishing);
    await appendTen(0);
    await eventually('all is out', () => first.publishedUpTo === '10');
    await pool.query(`UPDATE plans.relay_checkpoint SET holder = gen_random_uuid()`);
    await eventually('it has noticed', () => !first.publishing);
    await appendTen(10);
    await eventually('it has the turn again, and all is out', () => ledger.events.length === 20);
    expect(publishedPositions()).toEqual(upTo(20));
  });
});
