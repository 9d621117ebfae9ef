import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from '../event-bus.js';
import type { SqlSession } from '../sql-session.js';
import { ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { eventually } from '../testing/eventually.js';
import { manyKeys, message, messages } from '../testing/messages.js';
import type { Consumer } from './start-consumer.js';

describe('the parked messages of a key', () => {
  const fixture = consumerFixture();
  const { schema } = ConsumerFixture;
  const ofK = { topic: 'topic', key: 'k' };

  /** Cannot apply what is named in `bad` at that moment. */
  const refusing = (bad: ReadonlySet<string>) => async (taken: readonly IncomingMessage[], session: SqlSession) => {
    await fixture().keep(taken, session);
    const poison = taken.find(({ id }) => bad.has(id));
    if (poison !== undefined) throw new RangeError(`cannot apply ${poison.id}`);
  };

  const parkedIds = async (consumer: Consumer): Promise<readonly string[]> =>
    (await consumer.listParked({ limit: 1_000 })).map((one) => one.message.id);

  /** A consumer with m-1 ... m-`count` of key k parked, of which the first is poison. */
  const parked = async (bad: Set<string>, count: number): Promise<Consumer> => {
    bad.add('m-1');
    const consumer = fixture().start({ apply: refusing(bad), attemptsMax: 1 });
    await fixture().bus.publish('topic', messages('m', count, ['k']));
    await eventually('all are parked', async () => (await parkedIds(consumer)).length === count);
    return consumer;
  };

  test('are applied in order once the cause is gone, and the key is open again', async () => {
    const bad = new Set<string>();
    const consumer = await parked(bad, 4);
    bad.clear();
    expect(await consumer.replayParked(ofK)).toEqual({ replayed: 4, left: 0 });
    expect(await consumer.countParked()).toEqual({ keys: 0, messages: 0 });
    await fixture().bus.publish('topic', [message('m-5', 'k')]);
    await eventually('what follows is applied', async () => (await fixture().effects()).length === 5);
    expect(await fixture().effectIds()).toEqual(['m-1', 'm-2', 'm-3', 'm-4', 'm-5']);
    expect(await consumer.replayParked(ofK)).toEqual({ replayed: 0, left: 0 });
  });

  test('stop at the first that fails again, which is told with its attempts, and keeps no effect', async () => {
    const bad = new Set<string>();
    const consumer = await parked(bad, 4);
    bad.clear();
    bad.add('m-3');
    expect(await consumer.replayParked(ofK)).toEqual({ replayed: 2, left: 2, reason: 'RangeError: cannot apply m-3' });
    expect(await consumer.replayParked(ofK)).toMatchObject({ replayed: 0, left: 2 });
    expect((await consumer.listParked()).map(({ attempts, reason, message: { id } }) => ({ id, attempts, reason }))).toEqual([
      { id: 'm-3', attempts: 2, reason: 'RangeError: cannot apply m-3' },
      { id: 'm-4', attempts: 0, reason: expect.stringContaining('parked before') },
    ]);
    expect(await fixture().effectIds()).toEqual(['m-1', 'm-2']);
  });

  test('are replayed in parts where that is asked for', async () => {
    const bad = new Set<string>();
    const consumer = await parked(bad, 5);
    bad.clear();
    expect(await consumer.replayParked({ ...ofK, messagesMax: 2 })).toEqual({ replayed: 2, left: 3 });
    expect(await consumer.replayParked({ ...ofK, timeoutMs: 0 })).toEqual({ replayed: 0, left: 3 });
    expect(await consumer.replayParked({ ...ofK, messagesMax: 3 })).toEqual({ replayed: 3, left: 0 });
  });

  test('stay as they are when the database is what fails, and when the handler went on in a broken transaction', async () => {
    const bad = new Set<string>();
    const before = await (await parked(bad, 2)).listParked();
    const failing = (apply: (session: SqlSession) => Promise<unknown>): Consumer =>
      fixture().start({
        bus: fixture().byHand().bus,
        apply: async (taken, session) => {
          await apply(session);
          await fixture().keep(taken, session);
        },
      });
    const broken = failing((session) => session.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    await expect(broken.replayParked(ofK)).rejects.toThrow();
    expect(await broken.listParked()).toEqual(before);
    const heedless = failing((session) => session.query('SELECT 1 / $1::int', [0]).catch(() => undefined));
    expect(await heedless.replayParked(ofK)).toMatchObject({ replayed: 0, left: 2, reason: expect.stringContaining('division by zero') });
    expect(await fixture().effects()).toEqual([]);
  });

  test('are replayed and dropped by a copy that owns no partition', async () => {
    const bad = new Set<string>();
    await parked(bad, 3);
    const other = fixture().start({ bus: fixture().byHand().bus });
    expect(await other.dropParked({ ...ofK, messageId: 'm-2', reason: 'sent by mistake', by: 'operator' })).toBe(true);
    expect(await other.replayParked(ofK)).toEqual({ replayed: 2, left: 0 });
    expect(await fixture().effectIds()).toEqual(['m-1', 'm-3']);
  });

  test('wait for a live consumer of the key, and it for them: nothing overtakes, and nothing is left parked alone', async () => {
    const bad = new Set<string>();
    const consumer = await parked(bad, 2);
    bad.clear();
    // The replay holds the last message open while the next one arrives.
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let replaying = false;
    const slow = fixture().start({
      bus: fixture().byHand().bus,
      apply: async (taken, session) => {
        await fixture().keep(taken, session);
        replaying = taken.some(({ id }) => id === 'm-2');
        if (replaying) await held;
      },
    });
    const replay = slow.replayParked(ofK);
    await eventually('it replays the last', () => replaying);
    await fixture().bus.publish('topic', [message('m-3', 'k'), message('elsewhere', 'key')]);
    await eventually('the consumer waits at the key', async () => {
      const waiting = await fixture().pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.rowCount === 1;
    });
    letGo();
    expect(await replay).toEqual({ replayed: 2, left: 0 });
    await eventually('what follows is applied', async () => (await fixture().effects()).length === 4);
    const ofKey = (await fixture().effects()).filter(({ key }) => key === 'k').map(({ id }) => id);
    expect(ofKey).toEqual(['m-1', 'm-2', 'm-3']);
    expect(await consumer.countParked()).toEqual({ keys: 0, messages: 0 });
  });

  test('may be replayed by two at once: each is applied once, in order', async () => {
    const bad = new Set<string>();
    const consumer = await parked(bad, 40);
    const other = fixture().start({ bus: fixture().byHand().bus, apply: refusing(bad) });
    bad.clear();
    const [one, two] = await Promise.all([consumer.replayParked(ofK), other.replayParked(ofK)]);
    expect(one.replayed + two.replayed).toBe(40);
    expect(await fixture().effectIds()).toEqual(messages('m', 40, ['k']).map(({ id }) => id));
  });

  test('a dropped one is kept whole, with who, when and why, and what is published again is not applied', async () => {
    const bad = new Set<string>();
    const consumer = await parked(bad, 2);
    const dropping = { ...ofK, reason: 'the school does not exist', by: 'operator' };
    expect(await consumer.dropParked({ ...dropping, messageId: 'm-9' })).toBe(false);
    expect(await consumer.dropParked({ ...dropping, key: 'other', messageId: 'm-1' })).toBe(false);
    expect(await consumer.dropParked({ ...dropping, messageId: 'm-1' })).toBe(true);
    expect(await consumer.dropParked({ ...dropping, messageId: 'm-1' })).toBe(false);
    const { rows } = await fixture().pool.query(`SELECT * FROM ${schema}.dropped_message`);
    expect(rows).toEqual([
      expect.objectContaining({
        group_name: 'g',
        message_id: 'm-1',
        key: 'k',
        reason: 'RangeError: cannot apply m-1',
        attempts: expect.any(Number),
        message: expect.objectContaining({ ...message('m-1', 'k'), kind: 'event', topic: 'topic' }),
        dropped_at: expect.any(Date),
        dropped_by: 'operator',
        dropped_reason: 'the school does not exist',
      }),
    ]);
    bad.clear();
    await consumer.dropParked({ ...dropping, messageId: 'm-2' });
    await fixture().bus.publish('topic', messages('m', 3, ['k']));
    await eventually('what follows is applied', async () => (await fixture().effects()).length === 1);
    expect(await fixture().effectIds()).toEqual(['m-3']);
  });

  test('are listed page by page, of one key or of all', async () => {
    const sent = messages('m', 12, manyKeys(3));
    const consumer = fixture().start({ apply: refusing(new Set(['m-1', 'm-2'])), attemptsMax: 1 });
    await fixture().bus.publish('topic', sent);
    await eventually('two keys are parked', async () => (await parkedIds(consumer)).length === 8);
    expect(await consumer.countParked()).toEqual({ keys: 2, messages: 8 });
    const ofOne = async (more: object) =>
      (await consumer.listParked({ key: 'school-1', ...more })).map((one) => one.message.id);
    expect(await ofOne({})).toEqual(['m-1', 'm-4', 'm-7', 'm-10']);
    expect(await ofOne({ topic: 'another' })).toEqual([]);
    const [first] = await consumer.listParked({ key: 'school-1', limit: 1 });
    expect(await ofOne({ topic: 'topic', after: first?.sequence, limit: 2 })).toEqual(['m-4', 'm-7']);
  });

  test('one that came out of a partition which is not its key\'s is parked, and so is what follows', async () => {
    const reasons: string[] = [];
    const hand = fixture().byHand();
    const consumer = fixture().start({ bus: hand.bus, onParked: ({ id }, reason) => reasons.push(`${id} ${reason}`) });
    const from = (partition: number, offset: number, ids: readonly string[]) => ({
      topic: 'topic',
      partition,
      fence: 1,
      lastOffset: String(offset + ids.length - 1),
      messages: ids.map((id, at) => ({
        ...message(id, id.startsWith('o') ? 'other' : 'k'),
        kind: 'event' as const,
        topic: 'topic',
        partition,
        offset: String(offset + at),
      })),
    });
    const own = await fixture().bus.partitionOf('topic', 'k');
    expect(own).not.toBe(3);
    await hand.deliver(from(own, 0, ['m-1']));
    await hand.deliver(from(3, 0, ['m-3']));
    await hand.deliver(from(own, 1, ['m-2']));
    expect(await fixture().effectIds()).toEqual(['m-1']);
    expect(await parkedIds(consumer)).toEqual(['m-3', 'm-2']);
    expect(reasons).toEqual([expect.stringMatching(/^m-3 It came out of partition 3, and its key belongs to partition 0/)]);
    // Their order is for a person to say: the older one first.
    expect(await consumer.dropParked({ ...ofK, messageId: 'm-3', reason: 'sent again in its place', by: 'operator' })).toBe(true);
    expect(await consumer.replayParked(ofK)).toEqual({ replayed: 1, left: 0 });
    await hand.deliver(from(own, 2, ['m-4']));
    expect(await fixture().effectIds()).toEqual(['m-1', 'm-2', 'm-4']);
  });
});
