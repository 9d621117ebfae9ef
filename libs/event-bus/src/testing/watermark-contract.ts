import { describe, expect, test } from '@jest/globals';
import { eventBusLimits, InvalidMessageError } from '../event-bus.js';
import type { OpenFixture } from './contract-fixture.js';
import { fixtures } from './contract-fixture.js';
import { eventually } from './eventually.js';
import { Ledger } from './ledger.js';
import { manyKeys, message, messages } from './messages.js';

/** Watermarks that go with messages. */
export const watermarkContract = (openFixture: OpenFixture): void => {
  const fixture = fixtures(openFixture);
  const opened = async (partitions = 4) => {
    const bus = await (await fixture()).open();
    await bus.ensureTopic('topic', { partitions });
    const ledger = new Ledger();
    await bus.consume({ group: 'readers', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    return { bus, ledger };
  };

  describe('a watermark that is published with messages', () => {
    test('comes in each partition behind them, but not where the last one says as much', async () => {
      const { bus, ledger } = await opened(4);
      const sent = messages('m', 40, manyKeys(20));
      await bus.publish('topic', sent, { scope: 'test', position: '40' });
      const own = await bus.partitionOf('topic', sent[39]?.key ?? '');
      await eventually('all arrived', () => ledger.events.length === 40 && ledger.watermarks.length === 3);
      expect(ledger.watermarks.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3].filter((one) => one !== own));
      for (const mark of ledger.watermarks) {
        const before = ledger.events.filter(({ partition }) => partition === mark.partition).length;
        expect(mark).toMatchObject({ topic: 'topic', scope: 'test', position: '40', offset: String(before) });
      }
      expect((await bus.ends('topic')).reduce((sum, end) => sum + Number(end), 0)).toBe(43);
    });

    test.each([
      ['another position', { scope: 'test', position: '3' }],
      ['another scope', { scope: 'other', position: '2' }],
      ['the position of one before the last', { scope: 'test', position: '1' }],
    ])('comes behind a message of %s', async (_, mark) => {
      const { bus, ledger } = await opened(1);
      await bus.publish('topic', messages('m', 2, ['k']), mark);
      await eventually('the mark arrived', () => ledger.watermarks.length === 1);
      expect(ledger.watermarks[0]).toMatchObject({ ...mark, offset: '2' });
    });

    test('comes behind them also where they are too many for one request', async () => {
      const { bus, ledger } = await opened(2);
      const value = `"${'x'.repeat(eventBusLimits.messageBytesMax - 2)}"`;
      const sent = messages('m', 18, manyKeys(2)).map((one) => ({ ...one, value }));
      await bus.publish('topic', sent, { scope: 'test', position: '19' });
      await eventually('all arrived', () => ledger.watermarks.length === 2);
      expect(ledger.events).toHaveLength(18);
      for (const { partition, offset } of ledger.watermarks) {
        expect(ledger.events.filter((event) => event.partition === partition)).toHaveLength(Number(offset));
      }
    });

    test('comes alone where there are none', async () => {
      const { bus, ledger } = await opened(3);
      await bus.publish('topic', [], { scope: 'test', position: '1' });
      await eventually('the marks arrived', () => ledger.watermarks.length === 3);
      expect(await bus.ends('topic')).toEqual(['1', '1', '1']);
    });

    test('is refused with them, and they with it', async () => {
      const { bus, ledger } = await opened(1);
      const [sent, mark] = [[message('m-1', 'k')], { scope: 'test', position: '1' }];
      await expect(bus.publish('topic', sent, { ...mark, position: '' })).rejects.toThrow(InvalidMessageError);
      await expect(bus.publish('topic', [message('', 'k')], mark)).rejects.toThrow(InvalidMessageError);
      await expect(bus.publish('none', [], mark)).rejects.toThrow(InvalidMessageError);
      await bus.publish('topic', [message('m-2', 'k')]);
      await eventually('the legal one arrived', () => ledger.events.length === 1);
      expect(ledger.ids()).toEqual(['m-2']);
      expect(ledger.watermarks).toEqual([]);
    });
  });
};
