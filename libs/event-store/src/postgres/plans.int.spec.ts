import { describe, expect, test } from '@jest/globals';
import type pg from 'pg';

import { anEvent, ManualClock } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { checkAppend } from '../validate-append.js';
import { headsQuery, repeatedQuery } from './append-statements.js';
import { planSettings } from './connection-options.js';
import { findQuery, headQuery, readAllQuery, readStreamQuery } from './read-statements.js';

const records = new PostgresRecords();
const stream = `${scope}.cairn-1`;
const appends = [checkAppend(scope, stream, 'no-stream', [anEvent()], new ManualClock().now())];

const statements: readonly (readonly [string, (schema: string) => pg.QueryConfig])[] = [
  ['everything', (schema) => readAllQuery(schema, 0, undefined, 500)],
  ['everything that matches', (schema) => readAllQuery(schema, 0, { types: ['A'], streamPrefix: 'records.' }, 500)],
  ['a stream forwards', (schema) => readStreamQuery(schema, stream, { backwards: false, from: 1, limit: 9 })],
  ['a stream backwards', (schema) => readStreamQuery(schema, stream, { backwards: true, from: 9, limit: 9 })],
  ['an event by its id', (schema) => findQuery(schema, stream, anEvent().id)],
  ['the head', (schema) => headQuery(schema)],
  ['the heads of streams', (schema) => headsQuery(schema, appends)],
  ['events that are repeated', (schema) => repeatedQuery(schema, appends)],
];

describe('a plan made while the tables are empty still goes by index, uncompiled, for', () => {
  test.each(statements)('%s', async (_, statement) => {
    const { schema } = await records.create();
    const { text, values = [] } = statement(`"${schema}"`);
    const client = await records.connect();
    try {
      await client.query(planSettings);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, values });
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('Index');
      expect(plan).not.toMatch(/Seq Scan|Bitmap|Disabled|JIT/);
    } finally {
      await client.end();
    }
  });
});
