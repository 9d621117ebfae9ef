import { describe, expect, test } from '@jest/globals';
import { InMemoryBroker } from '../in-memory/in-memory-broker.js';
import { InMemoryEventBus } from '../in-memory/in-memory-event-bus.js';
import { migrateConsumerTables } from '../postgres/consumer-tables.js';
import { migratePostgresEventBus } from '../postgres/migrate-postgres-event-bus.js';
import type { PostgresEventBus } from '../postgres/postgres-event-bus.js';
import { openPostgresEventBus } from '../postgres/postgres-event-bus.js';
import { ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { message, messages } from '../testing/messages.js';

describe('a consumer on another log', () => {
  const fixture = consumerFixture();
  const { schema } = ConsumerFixture;
  const sent = messages('m', 12, ['a', 'b', 'c']);
  const ids = (effects: readonly string[]): string[] => [...effects].sort();

  const otherLog = async (): Promise<InMemoryEventBus> => {
    const bus = new InMemoryEventBus(new InMemoryBroker(), { leaseMs: 400, heartbeatMs: 60 });
    await bus.ensureTopic('topic', { partitions: 4 });
    return bus;
  };

  const idle = (consumer: { lag(): Promise<number> }) =>
    eventually('nothing is left', async () => (await consumer.lag()) === 0);

  test('reads it from its beginning, and does nothing twice', async () => {
    await fixture().bus.publish('topic', sent.slice(0, 9));
    const before = fixture().start();
    await idle(before);
    await before.stop();

    const bus = await otherLog();
    await bus.publish('topic', sent);
    const after = fixture().start({ bus });
    await eventually('what is new is applied', async () => (await fixture().effects()).length >= 12);
    await idle(after);
    expect(ids(await fixture().effectIds())).toEqual(ids(sent.map(({ id }) => id)));
    await after.stop();
    await bus.close();
  });

  test('has no lag of the old one, finds its place when it comes back, and forgets no position', async () => {
    await fixture().bus.publish('topic', sent);
    await fixture().bus.publishWatermark('topic', { scope: 'test', position: '12' });
    const before = fixture().start();
    await idle(before);
    await before.stop();
    const bus = await otherLog();
    await bus.publish('topic', [message('n-1', 'a', { sourcePosition: '3' })]);
    const between = fixture().start({ bus });
    expect(await between.appliedUpTo('test')).toBe('12');
    await eventually('it is applied', async () => (await fixture().effectIds()).includes('n-1'));
    await idle(between);
    expect(await between.appliedUpTo('test')).toBe('12');
    await between.stop();
    await bus.close();

    // Without the inbox, whoever starts over shows it.
    await fixture().pool.query(`TRUNCATE ${schema}.consumer_inbox, effect`);
    await fixture().bus.publish('topic', [message('m-13', 'a')]);
    const again = fixture().start();
    await eventually('it is applied', async () => (await fixture().effects()).length > 0);
    await idle(again);
    expect(await fixture().effectIds()).toEqual(['m-13']);
  });

  test('is told of a checkpoint beyond the end of the same one, and passes nothing over in silence', async () => {
    await fixture().bus.publish('topic', sent);
    const before = fixture().start();
    await idle(before);
    await before.stop();
    await fixture().pool.query(`UPDATE ${schema}.consumer_checkpoint SET last_offset = last_offset + 100`);
    const errors: string[] = [];
    fixture().start({ onError: (error) => errors.push(String(error)) });
    await eventually('it is told', () => errors.some((error) => error.includes('beyond the end')));
  });

  describe('after an older version of itself', () => {
    let postgres: PostgresEventBus;

    /** The tables as they were before logs had names, with a checkpoint at the end of what PostgreSQL carries. */
    const asBefore = async (): Promise<void> => {
      const { pool, url } = fixture();
      await migratePostgresEventBus({ connection: { connectionString: url }, serviceRoles: [] });
      postgres = openPostgresEventBus({ connection: { connectionString: url } });
      await postgres.ensureTopic('topic', { partitions: 1 });
      await postgres.publish('topic', sent.slice(0, 5));
      await pool.query(`DROP TABLE ${schema}.consumer_checkpoint, ${schema}.parked_key`);
      await pool.query(`
        CREATE TABLE ${schema}.consumer_checkpoint (
          group_name text NOT NULL, topic text NOT NULL, partition integer NOT NULL, last_offset bigint NOT NULL,
          fence bigint NOT NULL, changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (group_name, topic, partition));
        INSERT INTO ${schema}.consumer_checkpoint VALUES ('g', 'topic', 0, 4, 0);
        CREATE INDEX parked_message_key ON ${schema}.parked_message (group_name, topic, key);
        INSERT INTO ${schema}.parked_message (group_name, topic, key, message_id, reason, attempts, message)
          VALUES ('g', 'topic', 'z', 'm-0', 'poison', 3, '{"id":"m-0","key":"z"}')`);
      // Processes of a rolling update migrate at once.
      await Promise.all(Array.from({ length: 4 }, () => migrateConsumerTables(fixture().inTransaction, schema)));
      await migrateConsumerTables(fixture().inTransaction, schema);
    };

    test('goes on where it stood on PostgreSQL, and keeps parked what is parked', async () => {
      await asBefore();
      const consumer = fixture().start({ bus: postgres });
      await postgres.publish('topic', [message('m-6', 'z'), message('m-7', 'a')]);
      await eventually('it is applied', async () => (await fixture().effects()).length > 0);
      await idle(consumer);
      expect(await fixture().effectIds()).toEqual(['m-7']);
      // The key that was parked before the update is parked still.
      expect((await consumer.listParked()).map((one) => one.message.id)).toEqual(['m-0', 'm-6']);
      const { rows } = await fixture().pool.query(`SELECT log_id, last_offset FROM ${schema}.consumer_checkpoint`);
      expect(rows).toEqual([{ log_id: await postgres.logId(), last_offset: '6' }]);
      await consumer.stop();
      await postgres.close();
    });

    test('reads any other log from its beginning, and leaves the checkpoint to PostgreSQL', async () => {
      await asBefore();
      const bus = await otherLog();
      await bus.publish('topic', sent);
      const elsewhere = fixture().start({ bus });
      await eventually('all is applied', async () => (await fixture().effects()).length === 12);
      await elsewhere.stop();
      await bus.close();

      await fixture().pool.query(`TRUNCATE ${schema}.consumer_inbox, effect`);
      const back = fixture().start({ bus: postgres });
      await postgres.publish('topic', [message('m-99', 'a')]);
      await eventually('it is applied', async () => (await fixture().effects()).length > 0);
      await idle(back);
      expect(await fixture().effectIds()).toEqual(['m-99']);
      await back.stop();
      await postgres.close();
    });
  });
});
