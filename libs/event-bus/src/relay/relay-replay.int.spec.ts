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

describe('a relay that is asked to publish everything once more', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let pool: pg.Pool;
  let checkpoints: PostgresCheckpoints;
  let store: InMemoryEventStore;
  let bus: InMemoryEventBus;
  let ledger: Ledger;
  const relays: Relay[] = [];

  const start = (): Relay => {
    const relay = startRelay({
      store,
      bus,
      topic: 'topic',
      partitions: 1,
      leaseMs: 400,
      checkpoint: checkpoints.of('relay', { store, bus }),
      toMessage: ({ stream }) => ({ key: stream, headers: {}, value: '{}' }),
    });
    relays.push(relay);
    return relay;
  };
  const append = async (count: number): Promise<void> => {
    const before = Number(await store.head());
    for (let at = before; at < before + count; at += 1) {
      await store.append('plans.adoption-1', at === 0 ? 'no-stream' : at, [newEvent()]);
    }
  };
  const positions = (): string[] => ledger.events.map(({ sourcePosition }) => sourcePosition);
  const upTo = (last: number): string[] => Array.from({ length: last }, (_, at) => String(at + 1));

  beforeEach(async () => {
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await pool.query('CREATE SCHEMA plans');
    checkpoints = new PostgresCheckpoints(pgInTransaction(pool), 'plans');
    await checkpoints.migrate();
    store = new InMemoryEventStore({ scope: 'plans', clock: new SystemClock(), log: new InMemoryEventLog() });
    bus = new InMemoryEventBus();
    ledger = new Ledger();
    await bus.ensureTopic('topic', { partitions: 1 });
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    await append(5);
  });

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await bus.close();
    await pool.end();
    await database.drop();
  });

  test('does so in order, while others are appended', async () => {
    const relay = start();
    await eventually('all is published', () => positions().length === 5);
    await relay.replay();
    await append(3);
    await eventually('all is published again', () => positions().slice(-8).join() === upTo(8).join());
    await eventually('it has caught up', async () => (await relay.lag()).caughtUp);
  });

  test('is not said to have caught up from the moment on that it is asked, by any copy', async () => {
    const copies = [start(), start()];
    await eventually('all is published', () => positions().length === 5);
    await eventually('they have caught up', async () => (await Promise.all(copies.map((copy) => copy.lag()))).every(({ caughtUp }) => caughtUp));
    for (const copy of copies) {
      await copy.replay();
      for (const asked of copies) expect(await asked.lag()).toMatchObject({ caughtUp: false, publishedUpTo: undefined });
    }
    await eventually('all is published again', () => positions().length === 10);
    await eventually('they have caught up again', async () => (await Promise.all(copies.map((copy) => copy.lag()))).every(({ caughtUp }) => caughtUp));
  });

  test('does so in whichever copy has the turn, once', async () => {
    const copies = [start(), start()];
    await eventually('all is published', () => positions().length === 5);
    await copies.find(({ publishing }) => !publishing)?.replay();
    await eventually('all is published again', () => positions().length === 10);
    await append(1);
    await eventually('what is new is published', () => positions().length === 11);
    expect(positions()).toEqual([...upTo(5), ...upTo(6)]);
  });

  test('forgets nothing when the copy that published keeps its place too late', async () => {
    const late = checkpoints.of('relay', { store, bus });
    await late.takeTurn(60_000);
    await late.save('4');
    await start().replay();
    await expect(late.save('5')).rejects.toThrow('The turn to publish relay was lost');
    await eventually('all is published from the first', () => positions().join() === upTo(5).join());
  });
});
