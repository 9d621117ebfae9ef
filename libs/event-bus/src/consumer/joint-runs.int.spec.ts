import { describe, expect, test } from '@jest/globals';
import type { IncomingBatch, IncomingMessage } from '../event-bus.js';
import { partitionOfKey } from '../partitioner.js';
import { ConsumerStore } from '../postgres/consumer-store.js';
import type { InTransaction, SqlSession } from '../sql-session.js';
import { ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { manyKeys, message } from '../testing/messages.js';
import type { Consumer, ConsumerOptions } from './start-consumer.js';

const partitions = [0, 1, 2, 3];
const keyIn = (partition: number): string => manyKeys(50).find((key) => partitionOfKey(key, 4) === partition) ?? '';

interface Delivered {
  readonly fence?: number;
  readonly key?: string;
}

/** One event of the partition; its id names partition and offset. */
const eventOf = (partition: number, offset = 0, { fence = 1, key = keyIn(partition) }: Delivered = {}): IncomingBatch => ({
  topic: 'topic',
  partition,
  fence,
  lastOffset: String(offset),
  messages: [
    { ...message(`${partition}-${offset}`, key, { sourcePosition: String(offset + 1) }), kind: 'event', topic: 'topic', partition, offset: String(offset) },
  ],
});

const markOf = (partition: number, position: string, offset = 0): IncomingBatch => ({
  topic: 'topic',
  partition,
  fence: 1,
  lastOffset: String(offset),
  messages: [{ kind: 'watermark', topic: 'topic', partition, offset: String(offset), scope: 'test', position }],
});

const gate = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
};

describe('small runs of several partitions', () => {
  const fixture = consumerFixture();
  const { schema } = ConsumerFixture;

  interface Opened {
    readonly consumer: Consumer;
    readonly deliver: (batch: IncomingBatch) => Promise<void>;
    /** The ids that each call of the effect was given. */
    readonly calls: string[][];
    readonly errors: unknown[];
  }

  /** A consumer that is handed batches by the test; what it applies is kept, after what the test wants done before. */
  const opened = async (before: ConsumerOptions['apply'] = async () => undefined, inTransaction?: InTransaction): Promise<Opened> => {
    const [calls, errors]: [string[][], unknown[]] = [[], []];
    const { bus, deliver } = fixture().byHand();
    const apply = async (taken: readonly IncomingMessage[], session: SqlSession): Promise<void> => {
      calls.push(taken.map(({ id }) => id));
      await before(taken, session);
      await fixture().keep(taken, session);
    };
    const onError = (error: unknown): void => void errors.push(error);
    const consumer = fixture().start({ bus, apply, onError, ...(inTransaction === undefined ? {} : { inTransaction }) });
    // A partition that was never taken in before begins by itself.
    for (const partition of partitions) await deliver(markOf(partition, '0'));
    return { consumer, deliver, calls, errors };
  };

  const offsets = async (): Promise<readonly string[]> =>
    (await fixture().pool.query<{ at: string }>(`SELECT partition || ':' || last_offset AS at FROM ${schema}.consumer_checkpoint ORDER BY partition`)).rows.map(
      ({ at }) => at,
    );
  const effectIds = async (): Promise<readonly string[]> => [...(await fixture().effectIds())].sort();

  test('that come at the same time are taken in together, marks included, and each partition moves by its own', async () => {
    const { consumer, deliver, calls } = await opened();
    await Promise.all([deliver(eventOf(2, 7)), deliver(markOf(3, '4')), deliver(eventOf(0, 5)), deliver(markOf(1, '9', 6))]);
    expect(calls).toEqual([['2-7', '0-5']]);
    expect(await offsets()).toEqual(['0:5', '1:6', '2:7', '3:0']);
    expect(await consumer.appliedUpTo('test', keyIn(1))).toBe('9');
    expect(await consumer.appliedUpTo('test', keyIn(2))).toBe('8');
    await Promise.all(partitions.map((partition) => deliver(eventOf(partition, 8))));
    expect(calls[1]).toEqual(['0-8', '1-8', '2-8', '3-8']);
    expect(await effectIds()).toEqual(['0-5', '0-8', '1-8', '2-7', '2-8', '3-8']);
  });

  test('are begun together with what they do, unless some came before: then those that follow are looked at first', async () => {
    const free: number[] = [];
    const { deliver, calls } = await opened(async () => {
      const { rows } = await fixture().pool.query(`SELECT 1 FROM ${schema}.consumer_checkpoint FOR UPDATE SKIP LOCKED`);
      free.push(rows.length);
    });
    const together = (offset: number, fence = 1): Promise<unknown> =>
      Promise.all(partitions.map((partition) => deliver(eventOf(partition, offset, { fence }))));
    // Each connection has to learn the statement before.
    let offset = 1;
    await eventually('they are not begun before', async () => {
      await together((offset += 1));
      return free.at(-1) === 4;
    });
    const before = calls.length;
    await together(offset, 2);
    // Once in vain; what had come before has no effect, so that it is not called for it again.
    expect(calls).toHaveLength(before + 1);
    await together((offset += 1), 2);
    expect(free.at(-1)).toBe(0);
    await eventually('they are not begun before again', async () => {
      await together((offset += 1), 2);
      return free.at(-1) === 4;
    });
    expect(await fixture().effectIds()).toHaveLength(4 * (offset - 1));
    expect(await offsets()).toEqual(partitions.map((partition) => `${partition}:${offset}`));
  });

  test('that come while others are on their way go together after them', async () => {
    const { opened: goOn, open } = gate();
    const { deliver, calls } = await opened(async (taken) => (taken.some(({ id }) => id === '0-1') ? goOn : undefined));
    const first = [deliver(eventOf(0, 1)), deliver(eventOf(1, 1))];
    await eventually('the first are on their way', () => calls.length === 1);
    const later = [deliver(eventOf(2, 1))];
    await fixture().pool.query('SELECT 1');
    later.push(deliver(eventOf(3, 1)));
    await fixture().pool.query('SELECT 1');
    expect(calls).toEqual([['0-1', '1-1']]);
    open();
    await Promise.all([...first, ...later]);
    expect(calls).toEqual([
      ['0-1', '1-1'],
      ['2-1', '3-1'],
    ]);
  });

  test('count what came before once', async () => {
    const { deliver } = await opened();
    for (const fence of [1, 2]) await Promise.all(partitions.map((partition) => deliver(eventOf(partition, 1, { fence }))));
    expect(await effectIds()).toEqual(['0-1', '1-1', '2-1', '3-1']);
  });

  test('are refused to an owner of before, for its partition alone', async () => {
    const { deliver } = await opened();
    await deliver(eventOf(1, 1, { fence: 5 }));
    const results = await Promise.allSettled(partitions.map((partition) => deliver(eventOf(partition, 2, { fence: 3 }))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { name: 'StaleOwnerError', partition: 1, fence: 3 } });
    expect(await offsets()).toEqual(['0:2', '1:1', '2:2', '3:2']);
    expect(await effectIds()).toEqual(['0-2', '1-1', '2-2', '3-2']);
  });

  test('of which one cannot be applied are taken in apart, and it alone is parked, with what follows of its key', async () => {
    const { consumer, deliver, calls } = await opened(async (taken) => {
      if (taken.some(({ id }) => id === '1-1')) throw new RangeError('cannot apply 1-1');
    });
    await Promise.all(partitions.map((partition) => deliver(eventOf(partition, 1))));
    await Promise.all(partitions.map((partition) => deliver(eventOf(partition, 2))));
    expect(calls.at(-1)).toEqual(['0-2', '2-2', '3-2']);
    expect(calls.flat()).not.toContain('1-2');
    expect(await effectIds()).toEqual(['0-1', '0-2', '2-1', '2-2', '3-1', '3-2']);
    expect((await consumer.listParked()).map(({ message: { id }, attempts }) => [id, attempts])).toEqual([
      ['1-1', 3],
      ['1-2', 0],
    ]);
    expect(await offsets()).toEqual(['0:2', '1:2', '2:2', '3:2']);
  });

  test('do not wait for a partition that its former owner still holds, which comes when that one is done', async () => {
    const { deliver } = await opened();
    await Promise.all(partitions.map((partition) => deliver(eventOf(partition, 1))));
    let waiting: Promise<unknown> = Promise.resolve();
    await fixture().inTransaction(async (session) => {
      const at = { logId: await fixture().bus.logId(), topic: 'topic', partition: 2, lastOffset: '1', fence: 1 };
      await new ConsumerStore(schema, 'g').begin(session, { ...at, events: [], reached: [] });
      const delivered = partitions.map((partition) => deliver(eventOf(partition, 2, { fence: 2 })));
      await Promise.all(delivered.filter((_, partition) => partition !== 2));
      waiting = Promise.all(delivered);
      expect(await offsets()).toEqual(['0:2', '1:2', '2:1', '3:2']);
    });
    await waiting;
    expect(await offsets()).toEqual(['0:2', '1:2', '2:2', '3:2']);
  });

  test('of which one is slow are taken in apart, and the others do not wait for it to end', async () => {
    const { deliver, errors } = await opened(async (taken, session) => {
      if (taken.some(({ id }) => id === '2-1')) await session.query('SELECT pg_sleep(3)');
    });
    const done: number[] = [];
    await Promise.all(partitions.map((partition) => deliver(eventOf(partition, 1)).then(() => done.push(partition))));
    expect(done.at(-1)).toBe(2);
    expect(done).toHaveLength(4);
    expect(await effectIds()).toHaveLength(4);
    expect(errors).toEqual([]);
  });

  test('fail together when the database is away, and nothing of them is kept', async () => {
    let isAway = true;
    const { deliver, calls } = await opened(undefined, async (work) =>
      fixture().inTransaction(async (session) => {
        const result = await work(session);
        if (isAway && calls.length > 0) throw Object.assign(new Error('refused'), { code: '57P01' });
        return result;
      }),
    );
    const all = () => Promise.allSettled(partitions.map((partition) => deliver(eventOf(partition, 1))));
    expect(await all()).toMatchObject(partitions.map(() => ({ status: 'rejected', reason: { code: '57P01' } })));
    expect(calls).toHaveLength(1);
    expect(await effectIds()).toEqual([]);
    isAway = false;
    expect(await all()).toMatchObject(partitions.map(() => ({ status: 'fulfilled' })));
    expect(await effectIds()).toEqual(['0-1', '1-1', '2-1', '3-1']);
  });

  test('stay apart from long ones, from those of another topic, and from a second one of their partition', async () => {
    const { deliver, calls } = await opened();
    const [one] = eventOf(0).messages;
    if (one?.kind !== 'event') throw new Error('An event was to be made');
    const many = Array.from({ length: 101 }, (_, at) => ({ ...one, id: `long-${at}`, offset: String(at) }));
    const long: IncomingBatch = { ...eventOf(0), messages: many, lastOffset: '100' };
    const elsewhere = eventOf(3);
    const [other] = elsewhere.messages;
    if (other?.kind !== 'event') throw new Error('An event was to be made');
    await fixture().bus.ensureTopic('other', { partitions: 4 });
    await deliver({ ...markOf(3, '0'), topic: 'other' });
    await Promise.all([
      deliver(long),
      deliver(eventOf(1, 1)),
      deliver(eventOf(2, 1)),
      deliver({ ...elsewhere, topic: 'other', messages: [{ ...other, topic: 'other' }] }),
      deliver(eventOf(1, 2)),
    ]);
    expect(calls.map((ids) => ids.length).sort()).toEqual([1, 1, 101, 2].sort());
    expect(calls).toContainEqual(['1-1', '2-1']);
    expect(await effectIds()).toHaveLength(105);
  });

  test('of copies that fight for the partitions wait for nobody in a circle, and have one effect', async () => {
    const copies = [await opened(), await opened(), await opened()];
    const order = (at: number): readonly number[] => (at % 2 === 0 ? partitions : [...partitions].reverse());
    for (let round = 1; round <= 25; round += 1) {
      const batches = copies.flatMap(({ deliver }, at) =>
        order(at).map((partition) => deliver(eventOf(partition, round, { fence: 1 + round * 3 + ((at + round) % 3) }))),
      );
      for (const result of await Promise.allSettled(batches)) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ name: 'StaleOwnerError' });
      }
    }
    expect(await offsets()).toEqual(['0:25', '1:25', '2:25', '3:25']);
    expect(await fixture().effectIds()).toHaveLength(100);
    expect(new Set(await fixture().effectIds()).size).toBe(100);
  });
});
