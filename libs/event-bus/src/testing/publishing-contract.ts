import { describe, expect, test } from '@jest/globals';
import { eventBusLimits, EventBusUnavailableError, InvalidMessageError } from '../event-bus.js';
import type { OpenFixture } from './contract-fixture.js';
import { fixtures } from './contract-fixture.js';
import { eventually } from './eventually.js';
import { Ledger } from './ledger.js';
import { manyKeys, message, messages } from './messages.js';

/** What goes in, and what comes out of it. */
export const publishingContract = (openFixture: OpenFixture): void => {
  const fixture = fixtures(openFixture);
  const opened = async (partitions = 4) => {
    const bus = await (await fixture()).open();
    await bus.ensureTopic('topic', { partitions });
    const ledger = new Ledger();
    await bus.consume({ group: 'readers', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    return { bus, ledger };
  };

  describe('the log', () => {
    test('has one id, whoever asks and however often it is opened', async () => {
      const broker = await fixture();
      const [first, second] = [await broker.open(), await broker.open()];
      const id = await first.logId();
      expect(id).not.toBe('');
      expect(await second.logId()).toBe(id);
      await first.close();
      await second.close();
      const again = await broker.open();
      await again.ensureTopic('topic', { partitions: 1 });
      await again.publish('topic', [message('m-1', 'k')]);
      expect(await again.logId()).toBe(id);
    });

    test('has another id where it is another log', async () => {
      const [one, other] = [await (await fixture()).open(), await (await fixture()).open()];
      expect(await one.logId()).not.toBe(await other.logId());
    });
  });

  describe('topics', () => {
    test('a topic keeps the number of partitions it was made with', async () => {
      const { bus } = await opened(4);
      await bus.ensureTopic('topic', { partitions: 8 });
      expect(await bus.partitions('topic')).toBe(4);
    });

    test('a topic that was not made is refused everywhere', async () => {
      const { bus, ledger } = await opened();
      const options = { group: 'g', topics: ['none'], checkpoint: ledger.checkpoint, handle: ledger.handle };
      await expect(bus.publish('none', [message('m-1', 'k')])).rejects.toThrow(InvalidMessageError);
      await expect(bus.publishWatermark('none', { scope: 's', position: '1' })).rejects.toThrow(InvalidMessageError);
      await expect(bus.partitions('none')).rejects.toThrow(InvalidMessageError);
      await expect(bus.ends('none')).rejects.toThrow(InvalidMessageError);
      await expect(bus.partitionOf('none', 'k')).rejects.toThrow(InvalidMessageError);
      await expect(bus.consume(options)).rejects.toThrow(InvalidMessageError);
    });

    test.each([0, -1, 1.5, eventBusLimits.partitionsMax + 1])('%p partitions are refused', async (partitions) => {
      const { bus } = await opened();
      await expect(bus.ensureTopic('other', { partitions })).rejects.toThrow(InvalidMessageError);
    });

    test.each([0, -1, 1.5, Number.NaN])('a retention of %p ms is refused', async (retentionMs) => {
      const { bus } = await opened();
      const options = { partitions: 1, retentionMs };
      await expect(bus.ensureTopic('other', options)).rejects.toThrow(InvalidMessageError);
    });

    test('a topic may keep its messages for a time', async () => {
      const { bus } = await opened();
      await bus.ensureTopic('brief', { partitions: 1, retentionMs: 86_400_000 });
      expect(await bus.partitions('brief')).toBe(1);
    });

    test('the ends of the partitions say how much was published', async () => {
      const { bus } = await opened(3);
      expect(await bus.ends('topic')).toEqual(['0', '0', '0']);
      await bus.publish('topic', messages('m', 30, manyKeys(30)));
      await bus.publishWatermark('topic', { scope: 's', position: '1' });
      const ends = (await bus.ends('topic')).map(Number);
      expect(ends.reduce((sum, end) => sum + end, 0)).toBe(33);
      expect(Math.min(...ends)).toBeGreaterThan(1);
    });

    test('a key goes to the same partition on every engine', async () => {
      const { bus } = await opened(4);
      const keys = ['school-1', 'school-2', 'école-学校-🏫', 'directory.district-mnps'];
      expect(await Promise.all(keys.map((key) => bus.partitionOf('topic', key)))).toEqual([0, 1, 3, 0]);
    });
  });

  describe('messages', () => {
    test('come out as they went in, with headers and keys of any script', async () => {
      const { bus, ledger } = await opened();
      const sent = message('m-1', 'école-学校-🏫-\n\'"\\{},NULL', {
        headers: { 'ce-type': 'org.cairn.x.v1', übung: 'naïve "quoted", \\ and 🏫', empty: '' },
        value: '{ "b": 1.50,\n"a" : "é\\u0000🏫" }',
        scope: 'directory',
        sourcePosition: '0042',
      });
      await bus.publish('topic', [sent]);
      await eventually('the message arrived', () => ledger.events.length === 1);
      const partition = await bus.partitionOf('topic', sent.key);
      expect(ledger.events).toEqual([{ ...sent, kind: 'event', topic: 'topic', partition, offset: '0' }]);
    });

    test('of one key keep their order, over many calls', async () => {
      const { bus, ledger } = await opened();
      const keys = manyKeys(7);
      const sent = messages('m', 700, keys);
      for (let at = 0; at < sent.length; at += 50) await bus.publish('topic', sent.slice(at, at + 50));
      await eventually('all arrived', () => ledger.events.length === 700);
      for (const key of keys) {
        expect(ledger.idsOf(key)).toEqual(sent.filter((one) => one.key === key).map(({ id }) => id));
      }
    });

    test('may be as large as the limit and no byte larger, and the whole call is refused', async () => {
      const { bus, ledger } = await opened();
      const atLimit = `"${'é'.repeat((eventBusLimits.messageBytesMax - 2) / 2)}"`;
      await bus.publish('topic', [message('m-1', 'k', { value: atLimit })]);
      const tooLarge = message('m-3', 'k', { value: `${atLimit} ` });
      await expect(bus.publish('topic', [message('m-2', 'k'), tooLarge])).rejects.toThrow(InvalidMessageError);
      await bus.publish('topic', [message('m-4', 'k')]);
      await eventually('the last arrived', () => ledger.ids().includes('m-4'));
      expect(ledger.ids()).toEqual(['m-1', 'm-4']);
      expect(ledger.events[0]?.value).toBe(atLimit);
    });

    test.each([
      ['no key', message('m-1', '')],
      ['a key over the limit', message('m-1', 'k'.repeat(eventBusLimits.keyCharactersMax + 1))],
      ['no id', message('', 'k')],
      ['headers over the limit', message('m-1', 'k', { headers: { h: 'x'.repeat(eventBusLimits.headersBytesMax) } })],
      ['a NUL in the value', message('m-1', 'k', { value: '"\u0000"' })],
      ['half a surrogate pair in the key', message('m-1', 'k\ud800')],
      ['no position', message('m-1', 'k', { sourcePosition: '' })],
    ])('with %s are refused', async (_, broken) => {
      const { bus } = await opened();
      await expect(bus.publish('topic', [broken])).rejects.toThrow(InvalidMessageError);
    });

    test('more at once than the limit are refused, and none at all are nothing', async () => {
      const { bus, ledger } = await opened();
      const tooMany = messages('x', eventBusLimits.publishMessagesMax + 1, ['k']);
      await expect(bus.publish('topic', tooMany)).rejects.toThrow(InvalidMessageError);
      await bus.publish('topic', []);
      await bus.publish('topic', tooMany.slice(1));
      await eventually('the legal ones arrived', () => ledger.events.length === eventBusLimits.publishMessagesMax);
    });

    test('published twice with one id come twice: the consumer knows them by the id', async () => {
      const { bus, ledger } = await opened();
      await bus.publish('topic', [message('m-1', 'k')]);
      await bus.publish('topic', [message('m-1', 'k')]);
      await eventually('both arrived', () => ledger.events.length === 2);
      expect(ledger.ids()).toEqual(['m-1', 'm-1']);
    });
  });

  test('a watermark comes in every partition, behind what was published before it', async () => {
    const { bus, ledger } = await opened(4);
    const sent = messages('m', 40, manyKeys(20));
    await bus.publish('topic', sent);
    await bus.publishWatermark('topic', { scope: 'directory', position: '77' });
    await eventually('all marks arrived', () => ledger.watermarks.length === 4);
    expect(ledger.watermarks.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
    for (const mark of ledger.watermarks) {
      const before = ledger.events.filter(({ partition }) => partition === mark.partition).length;
      expect(mark).toMatchObject({ topic: 'topic', scope: 'directory', position: '77', offset: String(before) });
    }
  });

  test('racing publishers leave no gap, and no reader skips or sees one publisher out of order', async () => {
    const broker = await fixture();
    const buses = await Promise.all([broker.open(), broker.open(), broker.open()]);
    const [reader] = buses;
    await reader.ensureTopic('topic', { partitions: 3 });
    const ledger = new Ledger();
    await reader.consume({ group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle });
    const keys = manyKeys(12);
    const publishers = Array.from({ length: 9 }, async (_, publisher) => {
      const bus = buses[publisher % buses.length] ?? reader;
      const sent = messages(`p${publisher}`, 120, keys);
      for (let at = 0; at < sent.length; at += 10) {
        await bus.publish('topic', sent.slice(at, at + 10));
        if (at % 40 === 0) await bus.publishWatermark('topic', { scope: `p${publisher}`, position: String(at) });
      }
      return sent;
    });
    const sent = await Promise.all(publishers);
    await eventually('all arrived', () => ledger.events.length === 9 * 120);
    expect(ledger.violations).toEqual([]);
    for (const [publisher, own] of sent.entries()) {
      for (const key of keys) {
        const seen = ledger.idsOf(key).filter((id) => id.startsWith(`p${publisher}-`));
        expect(seen).toEqual(own.filter((one) => one.key === key).map(({ id }) => id));
      }
    }
  });

  test('a bus that was closed refuses every call as unavailable', async () => {
    const { bus, ledger } = await opened();
    await bus.close();
    const options = { group: 'g', topics: ['topic'], checkpoint: ledger.checkpoint, handle: ledger.handle };
    await expect(bus.publish('topic', [message('m-1', 'k')])).rejects.toThrow(EventBusUnavailableError);
    await expect(bus.consume(options)).rejects.toThrow(EventBusUnavailableError);
    await expect(bus.logId()).rejects.toThrow(EventBusUnavailableError);
    await bus.close();
  });
};
