import { describe, expect, test } from '@jest/globals';

import { ReadAhead } from './read-ahead.js';
import { LogReader, NumberLog } from './testing/number-log.js';

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
