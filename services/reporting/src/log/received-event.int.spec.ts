import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { openReportingDatabase } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';
import { day, Publisher } from '../testing/public-events.js';
import { logHead, readLog, readShortStreams, readStreams } from './read-log.js';
import { appendReceived } from './received-event.js';

describe('the log of received events', () => {
  let database: ReportingDatabase;
  const publisher = new Publisher();
  const opened = publisher.opened(1, 'Glencliff High', { occurredAt: day(1) });
  const started = publisher.started(1, { occurredAt: day(2) });
  const advanced = publisher.advanced(1, 'installation', { occurredAt: day(9), recordedAt: day(10) });
  const paused = publisher.adoption('paused', 1, { occurredAt: day(11) }, { reason: 'Testing – «Ωμέγα» \u{1F3EB}' });

  beforeAll(async () => {
    database = await openReportingDatabase();
  });
  afterAll(() => database.close());

  const append = (...events: Parameters<typeof appendReceived>[1][number][]) =>
    database
      .inTransaction(async (session) => appendReceived(session, events))
      .then(async ({ added }) => (await added).map(({ logPosition }) => logPosition));
  const ids = async (): Promise<readonly [number, string][]> =>
    (await readLog(database.session, 0, 100)).map(({ logPosition, event }) => [logPosition, event.id]);

  test('gives positions without gaps, in the order of receipt', async () => {
    expect(await append(opened, started)).toEqual([1, 2]);
    expect(await append(advanced)).toEqual([3]);
    expect(await ids()).toEqual([[1, opened.id], [2, started.id], [3, advanced.id]]);
    expect(await logHead(database.session)).toBe(3);
  });

  test('passes over what it holds, within a batch and across batches', async () => {
    expect(await append(started, advanced, paused, paused)).toEqual([4]);
    expect(await append(opened, started, advanced, paused)).toEqual([]);
    expect(await ids()).toEqual([[1, opened.id], [2, started.id], [3, advanced.id], [4, paused.id]]);
  });

  test('keeps each event whole', async () => {
    const [read] = await readLog(database.session, 3, 1);
    expect(read).toEqual({ logPosition: 4, event: paused });
  });

  test('reads streams up to a position', async () => {
    const streams = await readStreams(database.session, [started.stream, opened.stream, 'scaling-plan.adoption-nobody'], 3);
    expect([...streams.keys()].sort()).toEqual([opened.stream, started.stream].sort());
    expect(streams.get(started.stream)?.map(({ event }) => event.id)).toEqual([started.id, advanced.id]);
  });

  test('refuses an id with another hash', async () => {
    await expect(append({ ...started, hash: 'f'.repeat(64) })).rejects.toThrow(`Event ${started.id} of ${started.stream} was received with hash ${started.hash}, now with ffff`);
    expect(await logHead(database.session)).toBe(4);
  });

  test('refuses a stream that goes back, and everything that came with it', async () => {
    const other = publisher.opened(2, 'Hillsboro High', { occurredAt: day(1) });
    const stray = { ...paused, id: '00000000-0000-4000-8000-0000000000ff', streamversion: 2 };
    await expect(append(other, stray)).rejects.toThrow(`${paused.stream} was received up to version 3, now comes 2`);
    expect(await logHead(database.session)).toBe(4);
    expect(await append(other)).toEqual([5]);
  });

  test('gives its numbers back when the transaction fails', async () => {
    const lost = publisher.opened(3, 'Overton High', { occurredAt: day(1) });
    const failing = database.inTransaction(async (session) => {
      appendReceived(session, [lost]);
      await logHead(session);
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    const before = await logHead(database.session);
    await append(lost);
    expect((await ids()).at(-1)).toEqual([before + 1, lost.id]);
  });

  test('hands the streams of few events over with them, whole, unless they are long', async () => {
    const [school, pupil] = [50, 51];
    const handedOver = async (...events: Parameters<typeof appendReceived>[1][number][]) => {
      const { added } = await database.inTransaction(async (session) => appendReceived(session, events));
      return (await added).map(({ event, history }) => [event.streamversion, history?.map((one) => one.event.streamversion)]);
    };
    const reopened = (n: number) => publisher.opened(n, `School ${n}`, { occurredAt: day(1) });
    expect(await handedOver(reopened(school))).toEqual([[1, [1]]]);
    // Only the last of a stream has it, and each stream its own.
    expect(await handedOver(reopened(school), reopened(pupil), reopened(school))).toEqual([[2, undefined], [1, [1]], [3, [1, 2, 3]]]);
    expect((await handedOver(...Array.from({ length: 21 }, () => reopened(pupil)))).every(([, history]) => history === undefined)).toBe(true);
    for (let times = 0; times < 2; times += 1) await handedOver(...Array.from({ length: 14 }, () => reopened(pupil)));
    expect(await handedOver(reopened(pupil))).toEqual([[51, undefined]]);
    const wordy = publisher.opened(52, 'x'.repeat(60_000), { occurredAt: day(1) });
    expect(await handedOver(wordy)).toEqual([[1, undefined]]);
  });

  test('never walks the log for them, however small it was when that was planned', async () => {
    await database.inTransaction(async (session) => {
      // Of a table of a page or two the planner thinks that it is read fastest.
      await session.query('ANALYZE received_event');
      const scans = () => session.query(`SELECT pg_stat_get_xact_numscans('received_event'::regclass)::text AS of_the_table`);
      const before = await scans();
      // Goes along with the next statement.
      const streams = readShortStreams(session, [started.stream, opened.stream]);
      expect(await scans()).toEqual(before);
      expect((await streams).size).toBe(2);
    });
  });

  test('stays dense and holds each event once under racing consumers', async () => {
    const before = await logHead(database.session);
    const events = Array.from({ length: 40 }, (_, n) => publisher.opened(100 + n, `School ${n}`, { occurredAt: day(1) }));
    const halves = [events.slice(0, 25), events.slice(15), events.slice(10, 30), events.slice(0, 40)];
    await Promise.all(halves.map((half) => append(...half)));
    const read = await readLog(database.session, before, 100);
    expect(read.map(({ logPosition }) => logPosition)).toEqual(events.map((_, n) => before + n + 1));
    expect(new Set(read.map(({ event }) => event.id)).size).toBe(40);
  });

  test.each([
    "UPDATE received_event SET district = 'other'",
    'DELETE FROM received_event',
    'TRUNCATE received_event',
    'DELETE FROM received_event WHERE false',
  ])('the database refuses: %s', async (statement) => {
    await expect(database.session.query(statement)).rejects.toThrow('Received events are never changed');
  });
});
