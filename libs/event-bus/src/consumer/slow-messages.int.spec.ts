import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { IncomingMessage } from '../event-bus.js';
import { pgInTransaction } from '../pg-in-transaction.js';
import type { SqlSession } from '../sql-session.js';
import { consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import type { Consumer } from './start-consumer.js';

describe('a consumer whose database ends statements that take too long', () => {
  const fixture = consumerFixture();
  let pool: pg.Pool;
  /** How often the message was tried alone. */
  let alone: string[];

  beforeEach(() => {
    alone = [];
    pool = new pg.Pool({ connectionString: fixture().url, max: 4, options: '-c statement_timeout=150' });
    // The database goes before it does.
    pool.on('error', () => undefined);
  });
  afterEach(() => pool.end());

  const start = (isSlow: (id: string) => boolean): Consumer =>
    fixture().start({
      inTransaction: pgInTransaction(pool),
      apply: async (taken: readonly IncomingMessage[], session: SqlSession) => {
        const [first] = taken;
        if (taken.length === 1 && first !== undefined) alone.push(first.id);
        await fixture().keep(taken, session);
        if (taken.some(({ id }) => isSlow(id))) await session.query('SELECT pg_sleep(5)');
      },
    });

  test('parks the one that is slow alone, after some attempts, and applies all others', async () => {
    const parked: string[] = [];
    const sent = [...messages('m', 40, manyKeys(8)), message('slow', 'its own key'), ...messages('n', 40, manyKeys(8))];
    await fixture().bus.publish('topic', sent);
    const consumer = start((id) => id === 'slow');
    await eventually('all others are applied', async () => (await fixture().effects()).length === 80);
    for (const one of await consumer.listParked()) parked.push(`${one.message.id} after ${one.attempts}: ${one.reason}`);
    expect(parked).toEqual([expect.stringMatching(/^slow after 5: error: .*statement timeout; it was alone in its transaction, 5 times$/)]);
    expect(alone.filter((id) => id === 'slow')).toHaveLength(5);
    const order = await fixture().effects();
    for (const key of manyKeys(8)) {
      const ofKey = order.filter((effect) => effect.key === key).map(({ id }) => id);
      expect(ofKey).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
    }
  });

  test('parks none while it is slow with all of them for a while', async () => {
    let slowUntil = Infinity;
    await fixture().bus.publish('topic', messages('m', 12, manyKeys(6)));
    const consumer = start(() => performance.now() < slowUntil);
    await eventually('some were tried alone', () => alone.length >= 4);
    slowUntil = performance.now();
    await eventually('all are applied', async () => (await fixture().effects()).length === 12);
    expect(await consumer.countParked()).toEqual({ keys: 0, messages: 0 });
  });

  test('parks none where more than the effect is slow', async () => {
    const other = new pg.Client({ connectionString: fixture().url });
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE reporting.consumer_inbox IN EXCLUSIVE MODE');
      await fixture().bus.publish('topic', [message('m-1', 'k')]);
      const errors: unknown[] = [];
      const consumer = fixture().start({ inTransaction: pgInTransaction(pool), onError: (error) => errors.push(error) });
      await eventually('it has failed often enough', () => errors.length > 12, 30_000);
      await other.query('ROLLBACK');
      await eventually('it is applied', async () => (await fixture().effects()).length === 1);
      expect(await consumer.countParked()).toEqual({ keys: 0, messages: 0 });
    } finally {
      await other.end();
    }
  });
});
