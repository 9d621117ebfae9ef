import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { EventBus, IncomingBatch, IncomingMessage } from '../event-bus.js';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { pgInTransaction } from '../pg-in-transaction.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { eventually } from '../testing/eventually.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import { migrateConsumerTables } from '../postgres/consumer-tables.js';
import { StaleOwnerError } from './failures.js';
import type { Consumer, ConsumerOptions } from './start-consumer.js';
import { startConsumer } from './start-consumer.js';
import { ProgressTimeoutError } from './wait-for-progress.js';

const schema = 'reporting';

describe('a transactional consumer', () => {
  let database: { url: string; drop(): Promise<void> };
  let pool: pg.Pool;
  let inTransaction: InTransaction;
  let broker: InMemoryBroker;
  let bus: EventBus;
  const consumers: Consumer[] = [];
  const buses: EventBus[] = [];

  const openBus = (): EventBus => {
    const opened = new InMemoryEventBus(broker, { leaseMs: 400, heartbeatMs: 60 });
    buses.push(opened);
    return opened;
  };

  beforeEach(async () => {
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 8 });
    pool.on('error', () => undefined);
    inTransaction = pgInTransaction(pool);
    await pool.query(`CREATE SCHEMA ${schema}`);
    await migrateConsumerTables(inTransaction, schema);
    await pool.query(`CREATE TABLE effect (n bigserial, id text NOT NULL, key text NOT NULL CHECK (key <> 'forbidden'))`);
    broker = new InMemoryBroker();
    bus = openBus();
    await bus.ensureTopic('topic', { partitions: 4 });
  });

  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await Promise.all(buses.splice(0).map((one) => one.close()));
    await pool.end();
    await database.drop();
  });

  const keep = async (taken: readonly IncomingMessage[], session: SqlSession): Promise<void> => {
    for (const { id, key } of taken) await session.query('INSERT INTO effect (id, key) VALUES ($1, $2)', [id, key]);
  };

  const start = (options: Partial<ConsumerOptions> = {}): Consumer => {
    const consumer = startConsumer({
      bus,
      group: 'g',
      topics: ['topic'],
      inTransaction,
      schema,
      apply: keep,
      retryFirstMs: 5,
      ...options,
    });
    consumers.push(consumer);
    return consumer;
  };

  const effects = async (): Promise<{ id: string; key: string }[]> =>
    (await pool.query<{ id: string; key: string }>('SELECT id, key FROM effect ORDER BY n')).rows;
  const effectIds = async (): Promise<string[]> => (await effects()).map(({ id }) => id);

  /** A bus that hands one batch to the consumer whenever the test says so. */
  const byHand = (): { bus: EventBus; deliver: (batch: IncomingBatch) => Promise<void> } => {
    let handle: ((batch: IncomingBatch) => Promise<void>) | undefined;
    const hand = new (class extends InMemoryEventBus {
      override async consume(options: Parameters<EventBus['consume']>[0]) {
        handle = options.handle;
        return { wake: () => undefined, stop: async () => undefined };
      }
    })(broker);
    return { bus: hand, deliver: async (batch) => {
        await eventually('it has joined', () => handle !== undefined);
        await handle?.(batch);
      },
    };
  };

  const batch = (ids: readonly string[], fence: number, firstOffset = 0): IncomingBatch => ({
    topic: 'topic',
    partition: 0,
    fence,
    lastOffset: String(firstOffset + ids.length - 1),
    messages: ids.map((id, at) => ({
      ...message(id, 'k'),
      kind: 'event',
      topic: 'topic',
      partition: 0,
      offset: String(firstOffset + at),
    })),
  });

  describe('once', () => {
    test('messages that are published again have no second effect', async () => {
      const sent = messages('m', 200, manyKeys(20));
      await bus.publish('topic', sent);
      start();
      await eventually('all are applied', async () => (await effects()).length === 200);
      await bus.publish('topic', [...sent, ...sent]);
      await bus.publish('topic', [message('last', 'school-1')]);
      await eventually('the last is applied', async () => (await effectIds()).includes('last'));
      expect((await effectIds()).filter((id) => id !== 'last').sort()).toEqual(sent.map(({ id }) => id).sort());
    });

    test('a batch that is delivered twice has the effect of one', async () => {
      const hand = byHand();
      start({ bus: hand.bus });
      await hand.deliver(batch(['m-1', 'm-2'], 1));
      await hand.deliver(batch(['m-1', 'm-2'], 1));
      await hand.deliver(batch(['m-2', 'm-2', 'm-3'], 1, 1));
      expect(await effectIds()).toEqual(['m-1', 'm-2', 'm-3']);
    });

    test('an owner that was replaced is refused, and the checkpoint does not go back', async () => {
      const hand = byHand();
      start({ bus: hand.bus });
      await hand.deliver(batch(['m-1', 'm-2', 'm-3'], 2));
      await expect(hand.deliver(batch(['m-9'], 1, 3))).rejects.toThrow(StaleOwnerError);
      await hand.deliver(batch(['m-1'], 3));
      const { rows } = await pool.query(`SELECT last_offset, fence FROM ${schema}.consumer_checkpoint`);
      expect(rows).toEqual([{ last_offset: '2', fence: '3' }]);
      expect(await effectIds()).toEqual(['m-1', 'm-2', 'm-3']);
    });

    test('two copies of a service that are killed and joined by a third lose nothing and double nothing', async () => {
      const doomed = new InMemoryEventBus(broker, { leaseMs: 400, heartbeatMs: 60 });
      start({ bus: doomed });
      const other = openBus();
      start({ bus: other });
      const keys = manyKeys(24);
      const sent = messages('m', 1_200, keys);
      for (let at = 0; at < sent.length; at += 60) {
        await bus.publish('topic', sent.slice(at, at + 60));
        if (at === 480) await doomed.abandon();
        if (at === 720) start({ bus: openBus() });
      }
      await eventually('all are applied', async () => (await effects()).length >= sent.length);
      const applied = await effects();
      for (const key of keys) {
        const own = applied.filter((effect) => effect.key === key).map(({ id }) => id);
        expect(own).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
      }
    });
  });

  describe('parking', () => {
    const poisonous = (bad: ReadonlySet<string>) => async (taken: readonly IncomingMessage[], session: SqlSession) => {
      await keep(taken, session);
      const poison = taken.find(({ id }) => bad.has(id));
      if (poison !== undefined) throw new RangeError(`cannot apply ${poison.id}`);
    };

    test('parks the key of a poison message in order, and all others go on', async () => {
      const sent = messages('m', 120, manyKeys(6));
      await bus.publish('topic', sent.slice(0, 60));
      const parkedNow: string[] = [];
      const consumer = start({
        apply: poisonous(new Set(['m-1', 'm-14'])),
        onParked: ({ id }, reason) => parkedNow.push(`${id} ${reason}`),
      });
      await eventually('both are parked', () => parkedNow.length === 2);
      await bus.publish('topic', sent.slice(60));
      const healthy = sent.filter(({ key }) => key !== 'school-1');
      const before14 = (id: string): boolean => Number(id.slice(2)) < 14;
      const wanted = healthy.filter(({ key, id }) => key !== 'school-2' || before14(id)).map(({ id }) => id);
      const parked = async () => consumer.listParked({ limit: 1_000 });
      await eventually('each is applied or parked', async () => (await parked()).length + (await effects()).length === 120);
      expect((await effectIds()).sort()).toEqual([...wanted].sort());
      const ofKey = (await parked()).filter(({ message: { key } }) => key === 'school-1');
      expect(ofKey.map(({ message: { id } }) => id)).toEqual(
        sent.filter(({ key }) => key === 'school-1').map(({ id }) => id),
      );
      expect(ofKey[0]).toMatchObject({ group: 'g', reason: 'RangeError: cannot apply m-1', message: sent[0] });
      expect(ofKey[0]?.attempts).toBeGreaterThanOrEqual(3);
      expect(ofKey[1]).toMatchObject({ attempts: 0, reason: expect.stringContaining('parked before') });
      expect(parkedNow.sort()).toEqual(['m-1 RangeError: cannot apply m-1', 'm-14 RangeError: cannot apply m-14']);
    });

    test('what the database refuses of a message parks it, also when the commit finds it', async () => {
      await pool.query('ALTER TABLE effect ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED');
      await pool.query(`INSERT INTO effect (id, key) VALUES ('m-2', 'already there')`);
      const consumer = start();
      await bus.publish('topic', [
        message('m-1', 'forbidden'),
        ...messages('n', 10, manyKeys(5)),
        message('m-2', 'doubled'),
      ]);
      await eventually('both are parked', async () => (await consumer.listParked()).length === 2);
      await eventually('the others are applied', async () => (await effects()).length === 11);
      const reasons = (await consumer.listParked()).map(({ reason }) => reason).sort();
      expect(reasons[0]).toContain('unique constraint');
      expect(reasons[1]).toContain('check constraint');
    });

    test('a failure that passes is retried, and parks nothing', async () => {
      let attempts = 0;
      const consumer = start({
        apply: async (taken, session) => {
          attempts += 1;
          if (attempts < 3) throw new Error('a bad moment');
          await keep(taken, session);
        },
      });
      await bus.publish('topic', [message('m-1', 'k')]);
      await eventually('it is applied', async () => (await effects()).length === 1);
      expect(attempts).toBe(3);
      expect(await consumer.listParked()).toEqual([]);
    });

    test.each([
      ['a missing table', async (session: SqlSession) => session.query('SELECT * FROM missing_table')],
      ['a killed connection', async (session: SqlSession) => session.query('SELECT pg_terminate_backend(pg_backend_pid())')],
      [
        'a refused connection, wrapped by a library',
        async () => {
          throw new Error('Query failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
        },
      ],
    ])('%s parks nothing, however often it fails', async (_, fail) => {
      let failures = 0;
      const consumer = start({
        apply: async (taken, session) => {
          if (failures < 5) {
            failures += 1;
            await fail(session);
          }
          await keep(taken, session);
        },
      });
      await bus.publish('topic', messages('m', 5, ['k']));
      await eventually('all are applied', async () => (await effects()).length === 5);
      expect(failures).toBe(5);
      expect(await consumer.listParked()).toEqual([]);
    });
  });

  describe('read your writes', () => {
    test('waits for every partition, or for that of the key', async () => {
      const consumer = start();
      const key = 'school-1';
      await bus.publish('topic', [message('m-1', key, { scope: 'plans', sourcePosition: '9' })]);
      await consumer.waitFor('plans', '9', { key });
      expect(await effectIds()).toEqual(['m-1']);
      expect(await consumer.appliedUpTo('plans', key)).toBe('9');
      expect(await consumer.appliedUpTo('plans')).toBeUndefined();
      await expect(consumer.waitFor('plans', '9', { timeoutMs: 100 })).rejects.toThrow(ProgressTimeoutError);
      const waiting = consumer.waitFor('plans', '10');
      await bus.publishWatermark('topic', { scope: 'plans', position: '10' });
      await waiting;
      expect(await consumer.appliedUpTo('plans')).toBe('10');
      await consumer.waitFor('plans', '2');
    });

    test('an older position that comes again moves nothing back', async () => {
      const consumer = start();
      await bus.publishWatermark('topic', { scope: 'plans', position: '10' });
      await consumer.waitFor('plans', '10');
      await bus.publishWatermark('topic', { scope: 'plans', position: '9' });
      await bus.publish('topic', [message('m-1', 'k', { scope: 'plans', sourcePosition: '3' })]);
      await eventually('it is applied', async () => (await effects()).length === 1);
      expect(await consumer.appliedUpTo('plans')).toBe('10');
    });

    test('a copy that owns no partition knows from the database', async () => {
      start();
      await bus.publishWatermark('topic', { scope: 'plans', position: '1' });
      const hand = byHand();
      const idle = start({ bus: hand.bus });
      await idle.waitFor('plans', '1');
      const waiting = idle.waitFor('plans', '2');
      await bus.publishWatermark('topic', { scope: 'plans', position: '2' });
      await waiting;
    });

    test('a parked message hangs no reader of its scope', async () => {
      const consumer = start({ attemptsMax: 1 });
      await bus.publish('topic', [message('m-1', 'forbidden', { scope: 'plans', sourcePosition: '4' })]);
      await consumer.waitFor('plans', '4', { key: 'forbidden' });
      expect(await consumer.listParked()).toHaveLength(1);
    });

    test('those who wait are sent away when the consumer stops, and at a database that does not answer', async () => {
      const consumer = start();
      const hung = startConsumer({
        bus: byHand().bus,
        group: 'hung',
        topics: ['topic'],
        schema,
        apply: keep,
        inTransaction: () => new Promise(() => undefined),
      });
      const timedOut = expect(hung.waitFor('plans', '1', { timeoutMs: 100 })).rejects.toThrow(ProgressTimeoutError);
      const waiting = expect(consumer.waitFor('plans', '99', { timeoutMs: 60_000 })).rejects.toThrow(ProgressTimeoutError);
      await timedOut;
      await consumer.stop();
      await waiting;
    });
  });

  test('joins once the topic is made', async () => {
    const errors: unknown[] = [];
    const consumer = start({ topics: ['later'], onError: (error) => errors.push(error) });
    await eventually('it has tried', () => errors.length > 1);
    expect(consumer.joined).toBe(false);
    await bus.ensureTopic('later', { partitions: 2 });
    await bus.publish('later', [message('m-1', 'k')]);
    await eventually('it is applied', async () => (await effects()).length === 1);
    expect(consumer.joined).toBe(true);
  });

  test('its tables are laid out by several processes at once, and again', async () => {
    await pool.query('CREATE SCHEMA other');
    await Promise.all(Array.from({ length: 6 }, () => migrateConsumerTables(inTransaction, 'other')));
    await migrateConsumerTables(inTransaction, 'other');
  });
});
