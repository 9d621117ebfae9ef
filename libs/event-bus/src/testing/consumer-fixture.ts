import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterEach, beforeEach } from '@jest/globals';
import pg from 'pg';
import type { Consumer, ConsumerOptions } from '../consumer/start-consumer.js';
import { startConsumer } from '../consumer/start-consumer.js';
import type { EventBus, IncomingBatch, IncomingMessage } from '../event-bus.js';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { pgAlone, pgInTransaction } from '../pg-in-transaction.js';
import { migrateConsumerTables } from '../postgres/consumer-tables.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { eventually } from './eventually.js';
import { message } from './messages.js';

export interface Effect {
  readonly id: string;
  readonly key: string;
}

/** A service with a database of its own and a bus in memory, for tests of what stands between the two. */
export class ConsumerFixture {
  static readonly schema = 'reporting';
  readonly url: string;
  readonly pool: pg.Pool;
  readonly inTransaction: InTransaction;
  readonly alone: SqlSession;
  readonly bus: EventBus;
  private readonly broker = new InMemoryBroker();
  private readonly buses: InMemoryEventBus[] = [];
  private readonly consumers: Consumer[] = [];

  constructor(private readonly database: { url: string; drop(): Promise<void> }) {
    this.url = database.url;
    this.pool = new pg.Pool({ connectionString: database.url, max: 8 });
    this.pool.on('error', () => undefined);
    this.inTransaction = pgInTransaction(this.pool);
    this.alone = pgAlone(this.pool);
    this.bus = this.openBus();
  }

  async layOut(): Promise<void> {
    await this.pool.query(`CREATE SCHEMA ${ConsumerFixture.schema}`);
    await migrateConsumerTables(this.inTransaction, ConsumerFixture.schema);
    await this.pool.query(`CREATE TABLE effect (
      n bigserial, id text NOT NULL, key text NOT NULL CONSTRAINT no_forbidden_key CHECK (key <> 'forbidden'))`);
    await this.bus.ensureTopic('topic', { partitions: 4 });
  }

  openBus(): InMemoryEventBus {
    const opened = new InMemoryEventBus(this.broker, { leaseMs: 400, heartbeatMs: 60 });
    this.buses.push(opened);
    return opened;
  }

  /** The effect of most tests: a row per message. */
  readonly keep = async (taken: readonly IncomingMessage[], session: SqlSession): Promise<void> => {
    for (const { id, key } of taken) await session.query('INSERT INTO effect (id, key) VALUES ($1, $2)', [id, key]);
  };

  start(options: Partial<ConsumerOptions> = {}): Consumer {
    const { bus, inTransaction, alone, keep: apply } = this;
    const { schema } = ConsumerFixture;
    const fixed = { bus, group: 'g', topics: ['topic'], inTransaction, alone, schema, apply, retryFirstMs: 5 };
    const consumer = startConsumer({ ...fixed, ...options });
    this.consumers.push(consumer);
    return consumer;
  }

  async effects(): Promise<readonly Effect[]> {
    return (await this.pool.query<Effect>('SELECT id, key FROM effect ORDER BY n')).rows;
  }

  async effectIds(): Promise<readonly string[]> {
    return (await this.effects()).map(({ id }) => id);
  }

  /** A bus that hands a batch to its one consumer whenever the test says so. */
  byHand(): { bus: EventBus; deliver: (batch: IncomingBatch) => Promise<void> } {
    let handle: ((batch: IncomingBatch) => Promise<void>) | undefined;
    class BusByHand extends InMemoryEventBus {
      override async consume(options: Parameters<EventBus['consume']>[0]) {
        handle = options.handle;
        return { wake: () => undefined, stop: async () => undefined };
      }
    }
    return {
      bus: new BusByHand(this.broker),
      deliver: async (batch) => {
        await eventually('it has joined', () => handle !== undefined);
        await handle?.(batch);
      },
    };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await Promise.all(this.buses.map((one) => one.close()));
    await this.pool.end();
    await this.database.drop();
  }
}

/** A fresh fixture for each test of the file. */
export const consumerFixture = (): (() => ConsumerFixture) => {
  let fixture: ConsumerFixture | undefined;
  const current = (): ConsumerFixture => {
    if (fixture === undefined) throw new Error('There is a fixture within a test only');
    return fixture;
  };
  beforeEach(async () => {
    fixture = new ConsumerFixture(await testDatabase());
    await fixture.layOut();
  });
  afterEach(() => current().dispose());
  return current;
};

/** A batch of partition 0, all of one key. */
export const batchOf = (ids: readonly string[], fence: number, firstOffset = 0): IncomingBatch => ({
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
