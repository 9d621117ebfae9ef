import { describe, expect, test } from '@jest/globals';

import { ReadAhead } from './read-ahead.js';
import { LogReader, NumberLog } from './testing/number-log.js';

/** Once everything that waits for an answer of a log in memory has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Waiting {
  open: () => void = () => undefined;
  readonly gate = new Promise<void>((resolve) => (this.open = resolve));
}

describe('a source that is read ahead', () => {
  const reading = (events: number) => {
    const log = new NumberLog();
    log.grow(events);
    const source = new LogReader(log);
    return { log, source, pages: new ReadAhead(source, 2) };
  };

  test('has the next page read before it is asked for', async () => {
    const { source, pages } = reading(5);
    expect(await pages.after(undefined)).toMatchObject({ readUpTo: '2' });
    pages.readOn('2');
    expect(source.reads).toBe(2);
    expect(await pages.after('2')).toMatchObject({ events: [{ n: 3 }, { n: 4 }], readUpTo: '4' });
    expect(source.reads).toBe(2);
    expect(await pages.after('4')).toMatchObject({ events: [{ n: 5 }] });
  });

  test('has two pages read ahead and no more, the second once the first is there', async () => {
    const { source, pages } = reading(20);
    pages.readOn('2');
    expect(source.reads).toBe(1);
    await settled();
    expect(source.reads).toBe(2);
    expect(await pages.after('2')).toMatchObject({ readUpTo: '4' });
    expect(source.reads).toBe(2);
    pages.readOn('4');
    await settled();
    expect(source.reads).toBe(3);
    expect(await pages.after('4')).toMatchObject({ events: [{ n: 5 }, { n: 6 }] });
    expect(await pages.after('6')).toMatchObject({ events: [{ n: 7 }, { n: 8 }] });
    expect(source.reads).toBe(3);
    expect(await pages.after('8')).toMatchObject({ events: [{ n: 9 }, { n: 10 }] });
  });

  test('does not ask again for a page that is still on its way', async () => {
    const { source, pages } = reading(20);
    const answers = new Waiting();
    const { read } = source;
    source.read = async (after, limit) => {
      await answers.gate;
      return read.call(source, after, limit);
    };
    pages.readOn('2');
    pages.readOn('2');
    answers.open();
    expect(await pages.after('2')).toMatchObject({ readUpTo: '4' });
    expect(source.reads).toBe(1);
  });

  test('looks again where nothing followed, as something may by now', async () => {
    const { log, pages } = reading(4);
    pages.readOn('2');
    await settled();
    expect(await pages.after('2')).toMatchObject({ readUpTo: '4' });
    log.grow(1);
    pages.readOn('4');
    expect(await pages.after('4')).toMatchObject({ events: [{ n: 5 }] });
  });

  test('reads nothing behind a page that says that it is the last', async () => {
    const { source, pages } = reading(20);
    const { read } = source;
    source.read = async (after, limit) => ({ ...(await read.call(source, after, limit)), isLast: true });
    pages.readOn('2');
    await settled();
    expect(source.reads).toBe(1);
  });

  test('keeps no page of what was given up meanwhile', async () => {
    const { source, pages } = reading(20);
    pages.readOn('2');
    pages.forget();
    await settled();
    expect(source.reads).toBe(1);
    pages.readOn('6');
    expect(await pages.after('6')).toMatchObject({ events: [{ n: 7 }, { n: 8 }] });
  });

  test('throws a page away that is not the one asked for', async () => {
    const { pages } = reading(5);
    pages.readOn('2');
    expect(await pages.after('3')).toMatchObject({ events: [{ n: 4 }, { n: 5 }] });
    expect(await pages.after('2')).toMatchObject({ events: [{ n: 3 }, { n: 4 }] });
  });

  test('reads anew after a failure, as it is by then', async () => {
    const { log, pages } = reading(3);
    pages.readOn('2');
    log.grow(1);
    pages.forget();
    expect(await pages.after('2')).toMatchObject({ events: [{ n: 3 }, { n: 4 }] });
  });

  test('tells a failure to whoever asks for the page, and to nobody else', async () => {
    const { source, pages } = reading(3);
    source.read = () => Promise.reject(new Error('away'));
    pages.readOn('2');
    await expect(pages.after('2')).rejects.toThrow('away');
    pages.readOn('2');
    pages.forget();
  });
});
