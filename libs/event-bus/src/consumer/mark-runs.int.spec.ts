import { describe, expect, test } from '@jest/globals';
import type { IncomingBatch } from '../event-bus.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import type { SqlSession } from '../sql-session.js';
import { batchOf, ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import type { Consumer } from './start-consumer.js';

const scope = 'plans';
const markOf = (partition: number, position: string, fence = 1, offset = 0, of = scope): IncomingBatch => ({
  topic: 'topic',
  partition,
  fence,
  lastOffset: String(offset),
  messages: [{ kind: 'watermark', topic: 'topic', partition, offset: String(offset), scope: of, position }],
});

const partitions = [0, 1, 2, 3];

describe('watermarks of several partitions that come at the same time', () => {
  const fixture = consumerFixture();
  const { schema } = ConsumerFixture;

  interface Kept {
    readonly partition: number;
    readonly last_offset: string;
    readonly fence: string;
    readonly source_position: string | null;
  }

  const kept = async (): Promise<readonly Kept[]> =>
    (
      await fixture().pool.query<Kept>(
        `SELECT c.partition, c.last_offset, c.fence, p.source_position FROM ${schema}.consumer_checkpoint c
         LEFT JOIN ${schema}.consumer_progress p USING (group_name, topic, partition) ORDER BY c.partition, p.scope`,
      )
    ).rows;

  /** A consumer that is handed batches by the test, and the statements that it sends by themselves. */
  const opened = (
    around: (text: string, query: () => Promise<unknown[]>) => Promise<unknown[]> = (_, query) => query(),
  ): { consumer: Consumer; deliver: (batch: IncomingBatch) => Promise<void>; sent: string[]; errors: unknown[] } => {
    const [sent, errors]: [string[], unknown[]] = [[], []];
    const alone: SqlSession = {
      query: async <Row>(text: string, values?: readonly unknown[], sending?: { name?: string }) => {
        sent.push(/consumer_take_in\w*/.exec(text)?.[0] ?? text);
        return (await around(text, () => fixture().alone.query<Row>(text, values, sending))) as Row[];
      },
    };
    const { bus, deliver } = fixture().byHand();
    const consumer = fixture().start({ bus, alone, onError: (error) => errors.push(error) });
    return { consumer, deliver, sent, errors };
  };

  /** Each partition has a checkpoint, at offset 0 and position 1. */
  const begun = async (...args: Parameters<typeof opened>): Promise<ReturnType<typeof opened>> => {
    const one = opened(...args);
    for (const partition of partitions) await one.deliver(markOf(partition, '1'));
    one.sent.length = 0;
    return one;
  };

  test('are taken in with one statement, and each partition moves by its own', async () => {
    const { consumer, deliver, sent } = await begun();
    await Promise.all(partitions.map((partition) => deliver(markOf(partition, String(9 + partition), 1, 1 + partition))));
    expect(sent).toEqual(['consumer_take_in_runs']);
    expect(await kept()).toEqual(
      partitions.map((partition) => ({
        partition,
        last_offset: String(1 + partition),
        fence: '1',
        source_position: String(9 + partition),
      })),
    );
    await consumer.waitFor(scope, '9', { timeoutMs: 500 });
    expect(await consumer.appliedUpTo(scope)).toBe('9');
  });

  test('move nothing back, and of several scopes each by its own', async () => {
    const { deliver, sent } = await begun();
    await Promise.all([deliver(markOf(0, '100', 2, 7)), deliver(markOf(1, '5', 1, 3, 'other'))]);
    await Promise.all([deliver(markOf(0, '99', 2, 6)), deliver(markOf(1, '0', 1, 4, 'other'))]);
    expect(sent).toEqual(['consumer_take_in_runs', 'consumer_take_in_runs']);
    expect((await kept()).slice(0, 3)).toEqual([
      { partition: 0, last_offset: '7', fence: '2', source_position: '100' },
      { partition: 1, last_offset: '4', fence: '1', source_position: '5' },
      { partition: 1, last_offset: '4', fence: '1', source_position: '1' },
    ]);
  });

  test('are refused to an owner of before, for its partition alone', async () => {
    const { consumer, deliver, sent } = await begun();
    await deliver(markOf(1, '1', 5));
    sent.length = 0;
    const results = await Promise.allSettled(partitions.map((partition) => deliver(markOf(partition, '9', 3, 1))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { name: 'StaleOwnerError', partition: 1, fence: 3 } });
    expect(sent).toEqual(['consumer_take_in_runs']);
    expect((await kept()).map((row) => [row.last_offset, row.fence, row.source_position])).toEqual([
      ['1', '3', '9'],
      ['0', '5', '1'],
      ['1', '3', '9'],
      ['1', '3', '9'],
    ]);
    expect(await consumer.appliedUpTo(scope)).toBe('1');
  });

  test('begin the checkpoint of a partition that has none yet', async () => {
    const { deliver } = opened();
    await deliver(markOf(0, '1'));
    await Promise.all(partitions.map((partition) => deliver(markOf(partition, '2', 1, 1))));
    expect((await kept()).map((row) => [row.last_offset, row.source_position])).toEqual(partitions.map(() => ['1', '2']));
  });

  test('do not wait for a partition that its former owner still holds, which comes when that one is done', async () => {
    const { deliver } = await begun();
    let waiting: Promise<void> = Promise.resolve();
    await fixture().inTransaction(async (session) => {
      const at = { logId: await fixture().bus.logId(), topic: 'topic', partition: 2, lastOffset: '1', fence: 1 };
      const [event] = batchOf(['m-1'], 1).messages;
      if (event?.kind !== 'event') throw new Error('An event was to be made');
      await new ConsumerStore(schema, 'g').begin(session, { ...at, events: [event], reached: [] });
      const delivered = partitions.map((partition) => deliver(markOf(partition, '9', 2, 2)));
      await Promise.all(delivered.filter((_, partition) => partition !== 2));
      waiting = Promise.all(delivered).then(() => undefined);
      await eventually('the one waits', async () => {
        const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%consumer_take_in(%'`;
        return (await fixture().pool.query(sql)).rows.length > 0;
      });
      expect((await kept()).map((row) => row.source_position)).toEqual(['9', '9', '1', '9']);
    });
    await waiting;
    expect((await kept()).map((row) => [row.last_offset, row.fence, row.source_position])).toEqual(partitions.map(() => ['2', '2', '9']));
  });

  test('of copies that fight for the partitions wait for nobody in a circle', async () => {
    const copies = [await begun(), opened(), opened()];
    const order = (at: number): readonly number[] => (at % 2 === 0 ? partitions : [...partitions].reverse());
    let refused = 0;
    for (let round = 1; round <= 40; round += 1) {
      const marks = copies.flatMap(({ deliver }, at) =>
        order(at).map((partition) => deliver(markOf(partition, String(round), 1 + round * 3 + ((at + round) % 3), round))),
      );
      for (const result of await Promise.allSettled(marks)) {
        if (result.status === 'fulfilled') continue;
        expect(result.reason).toMatchObject({ name: 'StaleOwnerError' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect((await kept()).map((row) => [row.last_offset, row.source_position])).toEqual(partitions.map(() => ['40', '40']));
  });

  test('two of one partition are not taken in together', async () => {
    const { deliver, sent } = await begun();
    await Promise.all([deliver(markOf(0, '2', 1, 1)), deliver(markOf(0, '3', 1, 2)), deliver(markOf(1, '3', 1, 1))]);
    expect(sent).toEqual(['consumer_take_in_runs', 'consumer_take_in']);
    expect((await kept()).slice(0, 2).map((row) => [row.last_offset, row.source_position])).toEqual([
      ['2', '3'],
      ['1', '3'],
    ]);
  });

  test('fail together when the database is away, and apart when one of them is at fault', async () => {
    let code = '57P01';
    const { deliver, sent, errors } = await begun(async (text, query) => {
      if (text.includes('consumer_take_in_runs')) throw Object.assign(new Error('refused'), { code });
      return query();
    });
    const [first, second] = await Promise.allSettled([deliver(markOf(0, '9', 1, 1)), deliver(markOf(1, '9', 1, 1))]);
    expect([first, second]).toMatchObject([{ reason: { code } }, { reason: { code } }]);
    expect(sent).toEqual(['consumer_take_in_runs']);
    code = '22003';
    await Promise.all([deliver(markOf(0, '9', 1, 1)), deliver(markOf(1, '9', 1, 1))]);
    expect((await kept()).slice(0, 2).map((row) => row.source_position)).toEqual(['9', '9']);
    expect(errors).toEqual([]);
  });
});
