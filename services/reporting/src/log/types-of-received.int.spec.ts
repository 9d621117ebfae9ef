import type { SqlSession } from '@cairn/event-bus';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { ReportingDatabase } from '../testing/reporting-database.js';
import { openReportingDatabase } from '../testing/reporting-database.js';
import { NewerEvents } from './newer-events.js';

let database: ReportingDatabase;

beforeAll(async () => {
  database = await openReportingDatabase();
  await database.session.query(
    `INSERT INTO received_event (log_position, event_id, scope, district, stream, stream_version, type, subject, occurred_at, recorded_at, hash, event)
     SELECT n, gen_random_uuid(), 's', 'd', 'stream', n, CASE WHEN n <= 2500 THEN 'known.v1' WHEN n <= 2503 THEN 'known.v2' ELSE 'later.v9' END,
       'x', now(), now(), 'h', '{}' FROM generate_series(1, 4000) n`,
  );
});
afterAll(() => database.close());

test('what is newer is told by type, and counted so far as it says anything', async () => {
  const told = await new NewerEvents(database.session, ['known.v1']).tell();
  expect(told).toContain(': known.v2 (3), later.v9 (more than 1000). Update it');
  expect(await new NewerEvents(database.session, ['known.v1', 'known.v2', 'later.v9']).tell()).toBeUndefined();
});

test('the log is never read through for it', async () => {
  const plans: string[] = [];
  const explained: SqlSession = {
    query: (sql, values) =>
      database.inTransaction(async (session) => {
        // What can be answered by an index only is: a scan of the table that is left has no other way.
        await session.query('SET LOCAL enable_seqscan = off');
        plans.push(JSON.stringify(await session.query(`EXPLAIN ${sql}`, values)));
        return session.query(sql, values);
      }),
  };
  await new NewerEvents(explained, ['known.v1']).tell();
  expect(plans).toHaveLength(1);
  expect(plans[0]).toContain('received_event_type');
  expect(plans[0]).not.toContain('Seq Scan');
});
