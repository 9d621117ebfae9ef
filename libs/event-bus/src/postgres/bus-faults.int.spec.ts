import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import { TcpProxy, testDatabase } from '@cairn/embedded-postgres/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { EventBusUnavailableError } from '../event-bus.js';
import { earlyWatermarks } from '../testing/early-watermarks.js';
import { eventually } from '../testing/eventually.js';
import { Ledger } from '../testing/ledger.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { publishUntilAcknowledged } from '../testing/publish-until-acknowledged.js';
import { migratePostgresEventBus } from './migrate-postgres-event-bus.js';
import type { PostgresEventBus, PostgresEventBusOptions } from './postgres-event-bus.js';
import { openPostgresEventBus } from './postgres-event-bus.js';

/** The ids in the order of their first arrival: a publish whose answer was lost is published again. */
const firstArrivals = (ledger: Ledger, key: string): string[] => [...new Set(ledger.idsOf(key))];

describe('the PostgreSQL bus under faults', () => {
  const endings: (() => Promise<unknown>)[] = [];

  const open = (url: string, options: Partial<PostgresEventBusOptions> = {}): PostgresEventBus => {
    const connection = { connectionString: url };
    const bus = openPostgresEventBus({ connection, leaseMs: 600, heartbeatMs: 80, ...options });
    endings.push(() => bus.close());
    return bus;
  };

  const consume = async (bus: PostgresEventBus, onError: (error: unknown) => void): Promise<Ledger> => {
    const ledger = new Ledger();
    await bus.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle, onError });
    return ledger;
  };

  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  describe('on the server of the tests', () => {
    let database: { url: string; drop(): Promise<void> };

    beforeEach(async () => {
      database = await testDatabase();
      endings.push(() => database.drop());
      await migratePostgresEventBus({ connection: { connectionString: database.url }, serviceRoles: [] });
      const bus = open(database.url);
      await bus.ensureTopic('topic', { partitions: 3 });
    });

    const administrator = async (): Promise<pg.Client> => {
      const admin = new pg.Client({ connectionString: database.url });
      await admin.connect();
      endings.push(() => admin.end());
      return admin;
    };

    test('connections that are terminated again and again lose nothing, and change no order', async () => {
      const admin = await administrator();
      const [publisher, reader] = [open(database.url), open(database.url)];
      const errors: unknown[] = [];
      const ledger = await consume(reader, (error) => errors.push(error));
      const keys = manyKeys(9);
      const sent = messages('m', 900, keys);
      let failures = 0;
      for (let at = 0; at < sent.length; at += 15) {
        const mark = { scope: 'test', position: String(at + 15) };
        failures += await publishUntilAcknowledged(publisher, 'topic', sent.slice(at, at + 15), mark);
        if (at % 90 === 0) {
          await admin.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          );
        }
      }
      await eventually('all arrived', () => new Set(ledger.ids()).size === sent.length);
      expect(ledger.violations).toEqual([]);
      expect(ledger.watermarks.length).toBeGreaterThan(0);
      expect(earlyWatermarks(ledger)).toEqual([]);
      for (const key of keys) {
        expect(firstArrivals(ledger, key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
      }
      expect(errors.length + failures).toBeGreaterThan(0);
      expect(errors.every((error) => error instanceof EventBusUnavailableError)).toBe(true);
    });

    test('a server that is frozen is unavailable within the time limit, and comes back', async () => {
      const proxy = await TcpProxy.before(database.url);
      endings.push(() => proxy.goDown());
      const bus = open(proxy.url, { callTimeoutMs: 1_500 });
      const errors: unknown[] = [];
      const ledger = await consume(bus, (error) => errors.push(error));
      await bus.publish('topic', [message('m-1', 'k')]);
      await eventually('it works', () => ledger.events.length === 1);
      proxy.freeze();
      const since = performance.now();
      await expect(bus.publish('topic', [message('m-2', 'k')])).rejects.toThrow(EventBusUnavailableError);
      await expect(bus.publish('topic', [message('m-3', 'k')])).rejects.toThrow(EventBusUnavailableError);
      // Without that limit each would take ten seconds.
      expect(performance.now() - since).toBeLessThan(8_000);
      await eventually('the reader has seen it', () => errors.length > 0);
      proxy.thaw();
      await publishUntilAcknowledged(bus, 'topic', [message('m-4', 'k')]);
      await eventually('it works again', () => ledger.ids().includes('m-4'));
      expect(ledger.violations).toEqual([]);
    });

    test('a member that was cut off for longer than its lease is replaced, and comes back', async () => {
      const proxy = await TcpProxy.before(database.url);
      endings.push(() => proxy.goDown());
      const cutOff = open(proxy.url, { callTimeoutMs: 1_500 });
      const ledger = await consume(cutOff, () => undefined);
      const publisher = open(database.url);
      await publisher.publish('topic', messages('m', 9, manyKeys(9)));
      await eventually('it works', () => ledger.events.length === 9);
      const fences = new Map(ledger.fences);
      proxy.freeze();
      const other = open(database.url);
      const owned = new Set<number>();
      await other.consume({
        group: 'g',
        topics: ['topic'],
        checkpoint: ledger.checkpoint,
        handle: async (batch) => {
          await ledger.take(batch);
          owned.add(batch.partition);
        },
      });
      // As long as its lease holds, the one that is cut off may handle what it is told of in this process.
      const admin = await administrator();
      await eventually('the other has the partitions', async () => {
        const { rows } = await admin.query<{ fence: string }>('SELECT min(fence) AS fence FROM bus.ownership');
        return Number(rows[0]?.fence) > Math.max(...fences.values());
      });
      await publisher.publish('topic', messages('n', 90, manyKeys(30)));
      await eventually('the other has taken over', () => owned.size === 3 && ledger.events.length === 99);
      for (const [place, fence] of ledger.fences) expect(fence).toBeGreaterThan(fences.get(place) ?? Infinity);
      proxy.thaw();
      await publisher.publish('topic', messages('o', 90, manyKeys(30)));
      await eventually('all arrived', () => ledger.events.length === 189);
      expect(ledger.violations).toEqual([]);
    });
  });

  test('a server that is not there is unavailable, and its absence is no error when the bus is opened', async () => {
    const bus = open('postgres://nobody@127.0.0.1:1/none');
    await expect(bus.publish('topic', [message('m-1', 'k')])).rejects.toThrow(EventBusUnavailableError);
    await expect(bus.ensureTopic('topic', { partitions: 1 })).rejects.toThrow(EventBusUnavailableError);
  });

  test('a server that is stopped, and one that is killed, lose nothing that was acknowledged', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bus-'));
    endings.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    const start = () => startEmbeddedPostgres({ dataDir, purpose: 'the test of the bus' });
    let server = await start();
    endings.push(() => server.stop());
    const { url } = server;
    await migratePostgresEventBus({ connection: { connectionString: url }, serviceRoles: [] });
    const [publisher, reader] = [open(url, { callTimeoutMs: 2_000 }), open(url, { callTimeoutMs: 2_000 })];
    await publisher.ensureTopic('topic', { partitions: 3 });
    const ledger = await consume(reader, () => undefined);
    const keys = manyKeys(9);
    const sent = messages('m', 1_800, keys);
    const publish = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += 15) {
        await publishUntilAcknowledged(publisher, 'topic', sent.slice(at, at + 15));
      }
    };

    await publish(0, 300);
    const throughStop = publish(300, 900);
    await server.stop();
    server = await start();
    await throughStop;

    const throughKill = publish(900, 1_800);
    process.kill(server.pid, 'SIGKILL');
    await server.stop().catch(() => undefined);
    server = await start();
    expect(server.url).toBe(url);
    await throughKill;

    await eventually('all arrived', () => new Set(ledger.ids()).size === sent.length);
    expect(ledger.violations).toEqual([]);
    for (const key of keys) {
      expect(firstArrivals(ledger, key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
  });
});
