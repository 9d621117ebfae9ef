import { describe, expect, test } from '@jest/globals';
import type { IncomingBatch } from '../event-bus.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import { ParkedStore } from '../postgres/parked-store.js';
import type { InTransaction } from '../sql-session.js';
import { batchOf, ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';

const scope = 'plans';
const marksOf = (positions: readonly string[], fence: number, firstOffset = 0): IncomingBatch => ({
  topic: 'topic',
  partition: 0,
  fence,
  lastOffset: String(firstOffset + positions.length - 1),
  messages: positions.map((position, at) => ({
    kind: 'watermark',
    topic: 'topic',
    partition: 0,
    offset: String(firstOffset + at),
    scope,
    position,
  })),
});

describe('what a run of messages begins with', () => {
  const fixture = consumerFixture();
  const { schema } = ConsumerFixture;

  const kept = async (): Promise<string | undefined> => {
    const sql = `SELECT source_position FROM ${schema}.consumer_progress WHERE topic = 'topic' AND partition = 0`;
    return (await fixture().pool.query<{ source_position: string }>(sql)).rows[0]?.source_position;
  };

  const checkpoint = async (): Promise<object | undefined> =>
    (await fixture().pool.query<object>(`SELECT last_offset, fence FROM ${schema}.consumer_checkpoint`)).rows[0];

  test('compares positions as numbers, whatever their length', async () => {
    const { bus, deliver } = fixture().byHand();
    fixture().start({ bus });
    const sent = ['9', '10', '9', '9999999999999999999', '10000000000000000000', '9999999999999999998', '007'];
    const seen: (string | undefined)[] = [];
    for (const [at, position] of sent.entries()) {
      await deliver(marksOf([position], 1, at));
      seen.push(await kept());
    }
    const great = '10000000000000000000';
    expect(seen).toEqual(['9', '10', '10', '9999999999999999999', great, great, great]);
  });

  test('takes of several positions the greatest, and counts events and watermarks alike', async () => {
    const { bus, deliver } = fixture().byHand();
    fixture().start({ bus });
    await deliver(marksOf(['8', '100', '99'], 1));
    expect(await kept()).toBe('100');
    const [event] = batchOf(['m-1'], 1, 3).messages;
    const mark = marksOf(['101'], 1, 4);
    await deliver({ ...mark, messages: [{ ...event, scope, sourcePosition: '102' } as never, ...mark.messages] });
    expect(await kept()).toBe('102');
    expect(await fixture().effectIds()).toEqual(['m-1']);
  });

  test('opens no transaction for watermarks alone, and refuses them to an owner of before', async () => {
    const { bus, deliver } = fixture().byHand();
    let transactions = 0;
    const inTransaction: InTransaction = (work) => {
      transactions += 1;
      return fixture().inTransaction(work);
    };
    fixture().start({ bus, inTransaction });
    await deliver(marksOf(['5'], 2));
    expect(transactions).toBe(0);
    await expect(deliver(marksOf(['7', '8'], 1, 1))).rejects.toMatchObject({ name: 'StaleOwnerError' });
    expect(await kept()).toBe('5');
    expect(await checkpoint()).toEqual({ last_offset: '0', fence: '2' });
    await deliver(batchOf(['m-1'], 2, 1));
    expect(transactions).toBe(1);
  });

  test('keeps an order of positions that the database does not know', async () => {
    const { bus, deliver } = fixture().byHand();
    const comparePositions = (_scope: string, left: string, right: string): number => left.length - right.length;
    fixture().start({ bus, comparePositions });
    await deliver(marksOf(['ccc', 'zz'], 1));
    expect(await kept()).toBe('ccc');
    await deliver(marksOf(['zz', 'aaaa'], 1, 2));
    expect(await kept()).toBe('aaaa');
  });

  test('sees a key that the owner of before has parked while it was waited for', async () => {
    const { bus, deliver } = fixture().byHand();
    const consumer = fixture().start({ bus });
    const [before] = batchOf(['m-1'], 1).messages;
    if (before?.kind !== 'event') throw new Error('An event was to be made');
    let delivered: Promise<void> = Promise.resolve();
    await fixture().inTransaction(async (session) => {
      const at = { logId: await bus.logId(), topic: 'topic', partition: 0, lastOffset: '0', fence: 1 };
      await new ConsumerStore(schema, 'g').begin(session, { ...at, events: [before], reached: [] });
      delivered = deliver(batchOf(['m-1', 'm-2'], 2));
      await eventually('the new owner waits for it', async () => {
        const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%consumer_take_in%'`;
        return (await fixture().pool.query(sql)).rows.length > 0;
      });
      await new ParkedStore(schema, 'g').park(session, [before], 'poison', 3);
    });
    await delivered;
    expect(await fixture().effectIds()).toEqual([]);
    expect((await consumer.listParked()).map((one) => one.message.id)).toEqual(['m-1', 'm-2']);
  });
});
