import { testDatabase } from '@cairn/embedded-postgres/testing';
import { InMemoryEventLog, InMemoryEventStore, migratePostgresEventStore, openPostgresEventStore, SystemClock } from '@cairn/event-store';
import type { EventStore } from '@cairn/event-store';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { EventBus } from '../event-bus.js';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { pgInTransaction } from '../pg-in-transaction.js';
import type { Relay } from '../relay/start-relay.js';
import { startRelay } from '../relay/start-relay.js';
import { eventually } from '../testing/eventually.js';
import { newEvent } from '../testing/events.js';
import { Ledger } from '../testing/ledger.js';
import { migratePostgresEventBus } from './migrate-postgres-event-bus.js';
import { PostgresCheckpoints } from './postgres-checkpoints.js';
import { openPostgresEventBus } from './postgres-event-bus.js';

/** A bus that is pointed to another broker while it is in use, as an address behind which a cluster is exchanged. */
class MovableBus extends InMemoryEventBus {
  constructor(private name: string) {
    super(new InMemoryBroker());
  }

  moveTo(name: string): void {
    this.name = name;
  }

  override async logId(): Promise<string> {
    if (this.name === '') throw new Error('away');
    return this.name;
  }
}

describe('the checkpoint of a relay', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let pool: pg.Pool;
  let checkpoints: PostgresCheckpoints;
  const opened: { close(): Promise<void> }[] = [];
  const relays: Relay[] = [];

  const open = <Engine extends { close(): Promise<void> }>(engine: Engine): Engine => {
    opened.push(engine);
    return engine;
  };
  const memoryStore = (): EventStore =>
    open(new InMemoryEventStore({ scope: 'plans', clock: new SystemClock(), log: new InMemoryEventLog() }));

  const relay = (store: EventStore, bus: EventBus): Relay => {
    const toMessage = ({ stream }: { stream: string }) => ({ key: stream, headers: {}, value: '{}' });
    const checkpoint = checkpoints.of('relay', { store, bus });
    const started = startRelay({ store, bus, topic: 'topic', partitions: 1, checkpoint, toMessage });
    relays.push(started);
    return started;
  };

  const append = async (store: EventStore, from: number, count: number): Promise<void> => {
    for (let version = from; version < from + count; version += 1) {
      await store.append('plans.adoption-1', version === 0 ? 'no-stream' : version, [newEvent()]);
    }
  };

  /** Positions that stand on the log of the bus. */
  const published = async (bus: EventBus): Promise<() => string[]> => {
    const ledger = new Ledger();
    await bus.ensureTopic('topic', { partitions: 1 });
    await bus.consume({ group: `g${Math.random()}`, topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    return () => ledger.events.map(({ sourcePosition }) => sourcePosition);
  };

  beforeEach(async () => {
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 6 });
    await pool.query('CREATE SCHEMA plans');
    checkpoints = new PostgresCheckpoints(pgInTransaction(pool), 'plans');
  });

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((one) => one.stop()));
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await pool.end();
    await database.drop();
  });

  test('names who publishes: the same for every record and after another start, another one in another schema', async () => {
    const bus = open(new InMemoryEventBus());
    await pool.query('CREATE SCHEMA others');
    const names: string[] = [];
    for (const schema of ['plans', 'plans', 'others']) {
      const kept = new PostgresCheckpoints(pgInTransaction(pool), schema);
      await kept.migrate();
      for (const store of [memoryStore(), memoryStore()]) names.push(await kept.of('relay', { store, bus }).publisherId());
    }
    expect(new Set(names.slice(0, 4)).size).toBe(1);
    expect(new Set(names.slice(4)).size).toBe(1);
    expect(new Set(names).size).toBe(2);
  });

  test('is that of its record on its log: a new log and a new record are published from the beginning', async () => {
    await checkpoints.migrate();
    const [store, first, second] = [memoryStore(), open(new InMemoryEventBus()), open(new InMemoryEventBus())];
    const [onFirst, onSecond] = [await published(first), await published(second)];
    await append(store, 0, 3);
    relay(store, first);
    await eventually('all is out', () => onFirst().length === 3);
    await Promise.all(relays.splice(0).map((one) => one.stop()));
    relay(store, second);
    await eventually('all is out on the other', () => onSecond().length === 3);
    await Promise.all(relays.splice(0).map((one) => one.stop()));

    await append(store, 3, 1);
    relay(store, first);
    await eventually('it goes on where it stood', () => onFirst().length >= 4);
    expect(onFirst()).toEqual(['1', '2', '3', '4']);
    await Promise.all(relays.splice(0).map((one) => one.stop()));

    const moved = memoryStore();
    await append(moved, 0, 2);
    relay(moved, first);
    await eventually('the moved record is out', () => onFirst().length >= 6);
    expect(onFirst()).toEqual(['1', '2', '3', '4', '1', '2']);
  });

  test('is not brought back by one that has lost its turn to a replay, and has heard of it after nobody had the turn any more', async () => {
    await checkpoints.migrate();
    const [store, bus] = [memoryStore(), open(new InMemoryEventBus())];
    const checkpoint = checkpoints.of('relay', { store, bus });
    expect(await checkpoint.takeTurn(60_000)).toBe(true);
    await checkpoint.save('7');
    await checkpoints.of('relay', { store, bus }).restart(0);
    expect(await checkpoint.takeTurn(60_000)).toBe(false);
    await checkpoint.endTurn();
    expect(await checkpoint.takeTurn(60_000)).toBe(true);
    expect(await checkpoint.load()).toBeUndefined();
  });

  test('begins anew when the log is exchanged under way, and what was saved stays with the old one', async () => {
    await checkpoints.migrate();
    const [store, bus] = [memoryStore(), open(new MovableBus('one'))];
    const checkpoint = checkpoints.of('relay', { store, bus });
    expect(await checkpoint.takeTurn(60_000)).toBe(true);
    bus.moveTo('two');
    await checkpoint.save('7');
    expect(await checkpoint.takeTurn(60_000)).toBe(false);
    await checkpoint.endTurn();
    expect(await checkpoint.takeTurn(60_000)).toBe(true);
    expect(await checkpoint.load()).toBeUndefined();
    bus.moveTo('');
    expect(await checkpoint.takeTurn(60_000)).toBe(true);
    await checkpoint.endTurn();
    await expect(checkpoint.takeTurn(60_000)).rejects.toThrow('away');
    bus.moveTo('one');
    expect(await checkpoint.load()).toBe('7');
  });

  test('of an older version goes on between PostgreSQL and PostgreSQL, and nowhere else', async () => {
    await pool.query(`
      CREATE TABLE plans.relay_checkpoint (
        name text PRIMARY KEY, position text, holder uuid, turn_ends_at timestamptz, changed_at timestamptz DEFAULT now());
      INSERT INTO plans.relay_checkpoint (name, position) VALUES ('relay', '2')`);
    await Promise.all(Array.from({ length: 4 }, () => checkpoints.migrate()));
    const connection = { connectionString: database.url };
    await migratePostgresEventStore({ ownerConnection: database.url, schema: 'plans_store' });
    await migratePostgresEventBus({ connection, serviceRoles: [] });
    const clock = new SystemClock();
    const store = open(openPostgresEventStore({ scope: 'plans', schema: 'plans_store', clock, ...connection }));
    await append(store, 0, 3);
    const elsewhere = open(new InMemoryEventBus());
    const onElsewhere = await published(elsewhere);
    relay(store, elsewhere);
    await eventually('all is out elsewhere', () => onElsewhere().length === 3);
    const postgres = open(openPostgresEventBus({ connection }));
    const onPostgres = await published(postgres);
    const going = relay(store, postgres);
    await eventually('the rest is out', async () => onPostgres().length > 0 && (await going.lag()).caughtUp);
    expect(onPostgres()).toEqual(['3']);
  });
});
