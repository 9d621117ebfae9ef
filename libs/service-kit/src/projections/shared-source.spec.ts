import { describe, expect, test } from '@jest/globals';

import { sharedSource } from './shared-source.js';
import { Signal } from './signal.js';
import { LogReader, NumberLog } from './testing/number-log.js';

const shared = (events: number) => {
  const log = new NumberLog();
  log.grow(events);
  const reader = new LogReader(log);
  return { log, reader, source: sharedSource(reader) };
};

describe('a source that projections share', () => {
  test('is read once for those that were woken together, and again for what they ask differently', async () => {
    const { reader, source } = shared(5);
    const signals = [new Signal(), new Signal(), new Signal()];
    const askingFrom = async (signal: Signal, after: string | undefined) => {
      await signal.raised(60_000);
      return source.read(after, 2);
    };
    const pages = [undefined, undefined, '2'].map((after, at) => askingFrom(signals[at] ?? new Signal(), after));
    for (const signal of signals) signal.raise();
    expect(await Promise.all(pages)).toMatchObject([{ readUpTo: '2' }, { readUpTo: '2' }, { readUpTo: '4' }]);
    expect(reader.reads).toBe(2);
  });

  test('is read anew for whoever asks while an answer is on its way', async () => {
    const { log, reader, source } = shared(1);
    const gate = new Signal();
    const { read } = reader;
    reader.read = async (after, limit) => {
      const page = await read.call(reader, after, limit);
      await gate.raised(60_000);
      return page;
    };
    const first = source.read('1', 2);
    await new Promise((resolve) => setImmediate(resolve));
    log.grow(1);
    const second = source.read('1', 2);
    gate.raise();
    gate.raise();
    expect((await first).events).toEqual([]);
    expect((await second).events).toMatchObject([{ n: 2 }]);
  });

  test('tells a failure to each of those who asked, and goes on', async () => {
    const { reader, source } = shared(1);
    const { read } = reader;
    reader.read = () => Promise.reject(new Error('away'));
    const asked = [source.read(undefined, 2), source.read(undefined, 2)];
    expect(await Promise.allSettled(asked)).toMatchObject([{ reason: { message: 'away' } }, { reason: { message: 'away' } }]);
    reader.read = read;
    expect((await source.read(undefined, 2)).events).toHaveLength(1);
  });
});
