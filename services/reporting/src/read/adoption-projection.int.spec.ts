import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { Sending, SqlSession } from '@cairn/event-bus';

import { appendReceived } from '../log/received-event.js';
import { adoptionProjection } from './adoption.read.js';
import { receive, receiveAtHand, startWith } from '../testing/project-log.js';
import { day, Publisher, schoolId } from '../testing/public-events.js';
import { openReportingDatabase } from '../testing/reporting-database.js';
import type { ReportingDatabase } from '../testing/reporting-database.js';

let database: ReportingDatabase;
let publisher: Publisher;

beforeAll(async () => {
  database = await openReportingDatabase();
});
beforeEach(async () => {
  publisher = new Publisher();
  await startWith(database.inTransaction, []);
});
afterAll(() => database.close());

/** Days of September instead of instants, so that a row can be read. */
const dayOf = (instant: Date | null): number | null => (instant === null ? null : (instant.getTime() - Date.parse(day(0))) / 86_400_000);

interface Row {
  readonly stage: string;
  readonly status: string;
  readonly effective_from: Date;
  readonly effective_to: Date | null;
  readonly known_from: Date;
  readonly known_to: Date | null;
  readonly log_from: string;
  readonly log_to: string | null;
}

/** `[stage, status, effective from, to, known from, to, log from, to]` of each rectangle. */
const rectangles = async (): Promise<readonly unknown[]> => {
  const rows = await database.session.query<Row>(
    'SELECT * FROM adoption_rectangle ORDER BY school_id, initiative_id, log_from, effective_from',
  );
  return rows.map((row) => [
    row.stage, row.status, dayOf(row.effective_from), dayOf(row.effective_to), dayOf(row.known_from), dayOf(row.known_to),
    Number(row.log_from), row.log_to === null ? null : Number(row.log_to),
  ]);
};

const started = () => publisher.started(1, { occurredAt: day(2), recordedAt: day(3) });
const advanced = () => publisher.advanced(1, 'installation', { occurredAt: day(9), recordedAt: day(10) });

describe.each([
  ['out of the log', receive],
  ['of events as they are handed over', receiveAtHand],
])('the rectangles of an adoption, %s', (_how, receiving) => {
  const given = (...events: readonly AnyPublicEvent[]): Promise<number> => receiving(database.inTransaction, events);

  test('a first fact holds from when it occurred, and is known from when it was recorded', async () => {
    await given(started());
    expect(await rectangles()).toEqual([['exploration', 'active', 2, null, 3, null, 1, null]]);
  });

  test('a next fact ends what was known to go on, and says what held instead', async () => {
    await given(started());
    await given(advanced());
    expect(await rectangles()).toEqual([
      ['exploration', 'active', 2, null, 3, 10, 1, 2],
      ['exploration', 'active', 2, 9, 10, null, 2, null],
      ['installation', 'active', 9, null, 10, null, 2, null],
    ]);
  });

  test('a late fact leaves alone what it does not change', async () => {
    await given(started(), advanced(), publisher.adoption('paused', 1, { occurredAt: day(5), recordedAt: day(20) }, { reason: 'Testing' }));
    expect((await rectangles()).slice(1)).toEqual([
      ['exploration', 'active', 2, 9, 10, 20, 2, 3],
      ['installation', 'active', 9, null, 10, 20, 2, 3],
      ['exploration', 'active', 2, 5, 20, null, 3, null],
      ['exploration', 'paused', 5, 9, 20, null, 3, null],
      ['installation', 'paused', 9, null, 20, null, 3, null],
    ]);
  });

  test('a fact about fidelity changes no rectangle, but the version', async () => {
    await given(started(), publisher.adoption('fidelity-recorded', 1, { occurredAt: day(5) }, { score: 0.8, window: 'autumn' }));
    expect(await rectangles()).toHaveLength(1);
    const versions = await database.session.query('SELECT version::int, log_from::int FROM adoption_version ORDER BY version');
    expect(versions).toEqual([{ version: 1, log_from: 1 }, { version: 2, log_from: 2 }]);
  });

  test('a withdrawn correction brings back what was known before it, as known anew', async () => {
    const first = started();
    const fact = advanced();
    const correction = publisher.adoption(
      'fact-corrected', 1, { occurredAt: day(12), recordedAt: day(20) },
      { correctsEventId: fact.id, reason: 'Later', corrected: { occurredAt: day(12) } },
    );
    const withdrawn = publisher.adoption(
      'fact-withdrawn', 1, { occurredAt: day(12), recordedAt: day(25) }, { correctsEventId: correction.id, reason: 'No' },
    );
    await given(first, fact, correction, withdrawn);
    expect((await rectangles()).slice(1)).toEqual([
      ['exploration', 'active', 2, 9, 10, 20, 2, 3],
      ['installation', 'active', 9, null, 10, 20, 2, 3],
      ['exploration', 'active', 2, 12, 20, 25, 3, 4],
      ['installation', 'active', 12, null, 20, 25, 3, 4],
      ['exploration', 'active', 2, 9, 25, null, 4, null],
      ['installation', 'active', 9, null, 25, null, 4, null],
    ]);
  });

  test('facts recorded in one millisecond leave an empty stretch of knowledge between them', async () => {
    const at = { occurredAt: day(2), recordedAt: day(3) };
    await given(publisher.started(1, at), publisher.adoption('paused', 1, { ...at, occurredAt: day(4) }, { reason: 'Testing' }));
    expect(await rectangles()).toEqual([
      ['exploration', 'active', 2, null, 3, 3, 1, 2],
      ['exploration', 'active', 2, 4, 3, null, 2, null],
      ['exploration', 'paused', 4, null, 3, null, 2, null],
    ]);
  });

  test('schools, initiatives and unknown types do not disturb each other', async () => {
    const unknown = publisher.event('org.cairn.adoption.celebrated.v1', 'scaling-plan', 'adoption-x', 'x', { occurredAt: day(4) }, { cake: true });
    const other = publisher.started(1, { occurredAt: day(4), initiativeId: 'computer-science' });
    await given(started(), unknown, other, publisher.started(2, { occurredAt: day(6) }));
    expect((await rectangles()).map((row) => (row as unknown[])[2])).toEqual([2, 4, 6]);
  });

  test('of a stream that comes in several batches each builds on the one before', async () => {
    await given(started());
    await given(publisher.started(2, { occurredAt: day(6) }), advanced());
    await given(publisher.adoption('paused', 1, { occurredAt: day(11) }, { reason: 'Testing' }));
    expect((await rectangles()).filter((row) => (row as unknown[])[7] === null).map((row) => (row as unknown[]).slice(0, 4))).toEqual([
      ['exploration', 'active', 2, 9],
      ['installation', 'active', 9, 11],
      ['installation', 'paused', 11, null],
      ['exploration', 'active', 6, null],
    ]);
  });

  test('the database refuses two truths for one point', async () => {
    await given(started());
    const second = database.session.query(
      `INSERT INTO adoption_rectangle (district, initiative_id, school_id, effective_from, known_from, log_from, stage, status)
       VALUES ('mnps', 'blended-learning', $1, $2, $3, 99, 'installation', 'active')`,
      [schoolId(1), day(8), day(9)],
    );
    await expect(second).rejects.toThrow('adoption_rectangle_one_truth');
  });

  test('is not asked of the log where the streams are at hand', async () => {
    await given(started());
    const { added } = await database.inTransaction(async (session) => appendReceived(session, [advanced()]));
    const batch = await added;
    const asked: string[] = [];
    await database.inTransaction((session) => {
      const heard: SqlSession = {
        query: <Answer>(sql: string, ...more: [values?: readonly unknown[], sending?: Sending]) => {
          asked.push(sql);
          return session.query<Answer>(sql, ...more);
        },
      };
      return adoptionProjection.project(batch, heard);
    });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((sql) => sql.includes('received_event'))).toEqual([]);
  });

  test('a table that does not follow from the log is found out instead of written on', async () => {
    await given(started());
    await database.session.query('DELETE FROM adoption_rectangle');
    await expect(given(advanced())).rejects.toThrow('does not follow from the log');
  });
});
