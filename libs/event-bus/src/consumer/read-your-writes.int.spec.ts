import { describe, expect, test } from '@jest/globals';
import type { SqlSession } from '../sql-session.js';
import { consumerFixture, ConsumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { message } from '../testing/messages.js';
import { startConsumer } from './start-consumer.js';
import { ProgressTimeoutError } from './wait-for-progress.js';

describe('a consumer lets readers see their writes', () => {
  const fixture = consumerFixture();

  test('waits for every partition, or for that of the key', async () => {
    const consumer = fixture().start();
    const key = 'school-1';
    await fixture().bus.publish('topic', [message('m-1', key, { scope: 'plans', sourcePosition: '9' })]);
    await consumer.waitFor('plans', '9', { key });
    expect(await fixture().effectIds()).toEqual(['m-1']);
    expect(await consumer.appliedUpTo('plans', key)).toBe('9');
    expect(await consumer.appliedUpTo('plans')).toBeUndefined();
    await expect(consumer.waitFor('plans', '9', { timeoutMs: 100 })).rejects.toThrow(ProgressTimeoutError);
    const waiting = consumer.waitFor('plans', '10');
    await fixture().bus.publishWatermark('topic', { scope: 'plans', position: '10' });
    await waiting;
    expect(await consumer.appliedUpTo('plans')).toBe('10');
    await consumer.waitFor('plans', '2');
  });

  test('an older position that comes again moves nothing back', async () => {
    const consumer = fixture().start();
    await fixture().bus.publishWatermark('topic', { scope: 'plans', position: '10' });
    await consumer.waitFor('plans', '10');
    await fixture().bus.publishWatermark('topic', { scope: 'plans', position: '9' });
    await fixture().bus.publish('topic', [message('m-1', 'k', { scope: 'plans', sourcePosition: '3' })]);
    await eventually('it is applied', async () => (await fixture().effects()).length === 1);
    await eventually('nothing is left', async () => (await consumer.lag()) === 0);
    // A copy that knows nothing by itself tells what the database says.
    const other = fixture().start({ bus: fixture().byHand().bus });
    expect(await other.appliedUpTo('plans')).toBe('10');
  });

  test('a copy that owns no partition knows from the database', async () => {
    fixture().start();
    await fixture().bus.publishWatermark('topic', { scope: 'plans', position: '1' });
    const hand = fixture().byHand();
    const idle = fixture().start({ bus: hand.bus });
    await idle.waitFor('plans', '1');
    const waiting = idle.waitFor('plans', '2');
    await fixture().bus.publishWatermark('topic', { scope: 'plans', position: '2' });
    await waiting;
  });

  test('one who waits looks at the database ever more seldom, and sees at once what this copy commits', async () => {
    let looks = 0;
    const alone: SqlSession = {
      query: (sql, values) => {
        if (sql.includes('SELECT topic, partition, scope')) looks += 1;
        return fixture().alone.query(sql, values);
      },
    };
    const consumer = fixture().start({ alone });
    await eventually('it is a member', () => consumer.joined);
    await expect(consumer.waitFor('plans', '1', { timeoutMs: 400 })).rejects.toThrow(ProgressTimeoutError);
    // At 0, 10, 30, 70 ms, and every 50 ms from then on.
    expect(looks).toBeLessThanOrEqual(11);
    const waiting = consumer.waitFor('plans', '1');
    await fixture().bus.publishWatermark('topic', { scope: 'plans', position: '1' });
    await waiting;
  });

  test('a parked message hangs no reader of its scope', async () => {
    const consumer = fixture().start({ attemptsMax: 1 });
    await fixture().bus.publish('topic', [message('m-1', 'forbidden', { scope: 'plans', sourcePosition: '4' })]);
    await consumer.waitFor('plans', '4', { key: 'forbidden' });
    expect(await consumer.listParked()).toHaveLength(1);
  });

  test('those who wait are sent away when the consumer stops, and at a database that does not answer', async () => {
    const consumer = fixture().start();
    const hung = startConsumer({
      bus: fixture().byHand().bus,
      group: 'hung',
      topics: ['topic'],
      schema: ConsumerFixture.schema,
      apply: fixture().keep,
      inTransaction: () => new Promise(() => undefined),
    });
    const timedOut = expect(hung.waitFor('plans', '1', { timeoutMs: 100 })).rejects.toThrow(ProgressTimeoutError);
    const patient = consumer.waitFor('plans', '99', { timeoutMs: 60_000 });
    const waiting = expect(patient).rejects.toThrow(ProgressTimeoutError);
    await timedOut;
    await consumer.stop();
    await waiting;
  });

  test('what lies before the first event is applied at once, and what is no position is refused at once', async () => {
    const consumer = fixture().start();
    await consumer.waitFor('plans', '0', { timeoutMs: 50 });
    for (const nonsense of ['nonsense', '-1', '0x10', '1.5', '']) {
      await expect(consumer.waitFor('plans', nonsense, { timeoutMs: 50 })).rejects.toMatchObject({ name: 'InvalidPositionError' });
    }
  });
});
