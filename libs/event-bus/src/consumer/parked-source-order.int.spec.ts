import { describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from '../event-bus.js';
import { migrateConsumerTables } from '../postgres/consumer-tables.js';
import { ParkedStore } from '../postgres/parked-store.js';
import { ConsumerFixture, consumerFixture } from '../testing/consumer-fixture.js';
import { message } from '../testing/messages.js';
import type { Consumer } from './start-consumer.js';

const { schema } = ConsumerFixture;
const ofK = { topic: 'topic', key: 'k' };

describe('parked messages of a key that came out of two partitions', () => {
  const fixture = consumerFixture();

  const stored = (position: string, partition: number, scope = 'plans'): IncomingMessage => ({
    ...message(`${scope}-${position}`, 'k', { scope, sourcePosition: position }),
    kind: 'event',
    topic: 'topic',
    partition,
    offset: position,
  });

  const park = (...arrived: readonly IncomingMessage[]): Promise<void> =>
    fixture().inTransaction((session) => new ParkedStore(schema, 'g').park(session, arrived, 'for a test', 0));

  const replayed = async (consumer: Consumer): Promise<readonly string[]> => {
    await consumer.replayParked(ofK);
    return fixture().effectIds();
  };

  test('are replayed in the order of their source, not of their arrival', async () => {
    const consumer = fixture().start({ bus: fixture().byHand().bus });
    await park(stored('9', 1), stored('10', 1), stored('2', 0), stored('0003', 0));
    expect(await replayed(consumer)).toEqual(['plans-2', 'plans-0003', 'plans-9', 'plans-10']);
    expect(await consumer.countParked()).toEqual({ keys: 0, messages: 0 });
  });

  test('keep the order of their arrival where no source orders them', async () => {
    const consumer = fixture().start({ bus: fixture().byHand().bus });
    await park(stored('0', 0, 'foreign'), stored('2', 0), stored('x', 1), stored('1', 1), stored('5', 0, 'directory'), stored('3', 0));
    expect(await replayed(consumer)).toEqual(['foreign-0', 'plans-1', 'plans-2', 'plans-x', 'directory-5', 'plans-3']);
  });

  test('are so also where they were parked before the tables knew of it', async () => {
    const consumer = fixture().start({ bus: fixture().byHand().bus });
    await fixture().pool.query(`ALTER TABLE ${schema}.parked_message DROP COLUMN source_scope, DROP COLUMN source_position`);
    await park(stored('7', 1), stored('4', 0));
    await migrateConsumerTables(fixture().inTransaction, schema);
    await park(stored('1', 0));
    expect(await replayed(consumer)).toEqual(['plans-1', 'plans-4', 'plans-7']);
  });
});

describe('a parked message that was never tried', () => {
  const fixture = consumerFixture();

  test('says truly why, once what stood before it was dropped or applied', async () => {
    const bad = new Set(['m-1', 'm-3']);
    const consumer = fixture().start({
      attemptsMax: 1,
      bus: fixture().byHand().bus,
      apply: async (taken, session) => {
        if (taken.some(({ id }) => bad.has(id))) throw new RangeError('bad');
        await fixture().keep(taken, session);
      },
    });
    const store = new ParkedStore(schema, 'g');
    const event = (id: string): IncomingMessage => ({ ...message(id, 'k'), kind: 'event', topic: 'topic', partition: 0, offset: '0' });
    await fixture().inTransaction(async (session) => {
      await store.park(session, [event('m-1')], 'RangeError: bad', 3);
      await store.park(session, ['m-2', 'm-3', 'm-4'].map(event), 'A message of the same key is parked before this one', 0);
    });
    const reasons = async (): Promise<readonly string[]> => (await consumer.listParked()).map(({ reason }) => reason);
    const [is, was] = [expect.stringContaining('is parked before'), expect.stringContaining('was parked before')];
    expect(await reasons()).toEqual(['RangeError: bad', is, is, is]);
    await consumer.dropParked({ ...ofK, messageId: 'm-1', reason: 'r', by: 'b' });
    expect(await reasons()).toEqual([was, was, was]);
    await consumer.replayParked(ofK);
    expect(await reasons()).toEqual(['RangeError: bad', was]);
    bad.clear();
    await fixture().inTransaction((session) => store.park(session, [event('m-5')], 'A message of the same key is parked before this one', 0));
    expect(await reasons()).toEqual(['RangeError: bad', was, is]);
    await consumer.replayParked({ ...ofK, messagesMax: 1 });
    expect(await reasons()).toEqual([was, was]);
  });
});
