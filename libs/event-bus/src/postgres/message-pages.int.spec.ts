import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { RunOnLog } from './message-pages.js';
import { MessagePages } from './message-pages.js';
import { migratePostgresEventBus } from './migrate-postgres-event-bus.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const partitions = [0, 1, 2, 3];
const limits = { messagesMax: 50, bytesMax: 4_000_000 };

describe('pages of messages that are read at once', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let pool: pg.Pool;
  let statements: string[] = [];
  const run: RunOnLog = async <Row extends object>(text: string, values: readonly unknown[]) => {
    statements.push(text);
    return (await pool.query<Row & pg.QueryResultRow>({ text, values: [...values] })).rows;
  };

  /** Events and marks in turn, of two topics, each partition up to the offset. */
  const fill = (from: number, to: number): Promise<unknown> =>
    pool.query(
      `INSERT INTO bus.message (topic, partition, message_offset, kind, scope, source_position, message_id, key, headers, value, value_bytes)
       SELECT t, p, n, 'event', 's', n, t || p || '-' || n, 'k', '{}', repeat('x', 30), 30
       FROM unnest('{topic,other}'::text[]) t, generate_series(0, 3) p, generate_series($1::int, $2::int - 1) n`,
      [from, to],
    );

  const read = (offsets: readonly number[], of = limits) => {
    const pages = new MessagePages('bus', run);
    return Promise.all(partitions.map((partition) => pages.read({ topic: 'topic', partition }, BigInt(offsets[partition] ?? 0), of)));
  };

  /** How many messages the server touches for the pages, and by which kinds of steps. */
  const touched = async (offsets: readonly number[]): Promise<{ rows: number; by: Set<string> }> => {
    const plans: PlanNode[] = [];
    const explain: RunOnLog = async (text, values) => {
      const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
      for (const row of rows) plans.push(row['QUERY PLAN'][0].Plan);
      return [];
    };
    const pages = new MessagePages('bus', explain);
    await Promise.all(partitions.map((partition) => pages.read({ topic: 'topic', partition }, BigInt(offsets[partition] ?? 0), limits)));
    const scans = plans.flatMap(nodesOf).filter((node) => node['Relation Name'] === 'message');
    const rows = scans.map((node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']);
    return { rows: rows.reduce((sum, some) => sum + some, 0), by: new Set(scans.map((node) => node['Node Type'])) };
  };

  beforeAll(async () => {
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    await migratePostgresEventBus({ connection: { connectionString: database.url }, serviceRoles: [] });
    await pool.query('ALTER TABLE bus.message SET (autovacuum_enabled = false)');
    await fill(0, 10);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('are those that each would be by itself, with one statement', async () => {
    statements = [];
    const pages = await read([0, 4, 10, 9], { messagesMax: 5, bytesMax: 100 });
    expect(statements).toHaveLength(1);
    expect(pages.map((page) => page.map((row) => row.message_offset))).toEqual([['0', '1', '2', '3'], ['4', '5', '6', '7'], [], ['9']]);
    expect(pages[1]?.[0]).toMatchObject({ kind: 'event', message_id: 'topic1-4', value: 'x'.repeat(30), headers: {} });
    const fewer = await read([0, 0, 0, 9], { messagesMax: 3, bytesMax: 1_000 });
    expect(fewer.map((page) => page.length)).toEqual([3, 3, 3, 1]);
    const single = await read([0, 0, 0, 9], { messagesMax: 3, bytesMax: 1 });
    expect(single.map((page) => page.length)).toEqual([1, 1, 1, 1]);
  });

  test('are read apart where their limits differ, and a lone one by itself', async () => {
    statements = [];
    const pages = new MessagePages('bus', run);
    const ask = (partition: number, messagesMax: number) => pages.read({ topic: 'topic', partition }, 0n, { messagesMax, bytesMax: 9_999 });
    const answers = await Promise.all([ask(0, 3), ask(1, 4), ask(2, 3)]);
    expect(answers.map((page) => page.map((row) => row.message_id))).toEqual([
      ['topic0-0', 'topic0-1', 'topic0-2'],
      ['topic1-0', 'topic1-1', 'topic1-2', 'topic1-3'],
      ['topic2-0', 'topic2-1', 'topic2-2'],
    ]);
    expect(statements.filter((text) => text.includes('LATERAL'))).toHaveLength(1);
    expect(statements).toHaveLength(2);
  });

  test('fail for each who asked', async () => {
    const pages = new MessagePages('none', run);
    const failed = await Promise.allSettled(partitions.map((partition) => pages.read({ topic: 'topic', partition }, 0n, limits)));
    expect(failed.map(({ status }) => status)).toEqual(partitions.map(() => 'rejected'));
  });

  test('are walks along the index, with 200,000 messages as with few, and whatever the server knows of their number', async () => {
    const most = partitions.length * (limits.messagesMax + 1);
    const ends = (end: number): number[] => [end - 1, end, end - 20, end - 1_000];
    expect((await touched([9, 9, 9, 9])).rows).toBeLessThanOrEqual(4 * 80);
    await pool.query('ANALYZE bus.message');
    expect((await touched([9, 9, 9, 9])).rows).toBeLessThanOrEqual(4 * 80);
    await fill(10, 25_000);
    for (const known of ['few', 'all'] as const) {
      if (known === 'all') await pool.query('ANALYZE bus.message');
      for (const offsets of [ends(25_000), [0, 0, 0, 0], [12_000, 24_999, 25_000, 25_000]]) {
        const { rows, by } = await touched(offsets);
        expect({ known, by: [...by] }).toEqual({ known, by: ['Index Scan'] });
        expect(rows).toBeLessThanOrEqual(most);
      }
    }
  });

  test('are walks along the index of a table that was never looked at', async () => {
    await pool.query('CREATE SCHEMA fresh');
    await pool.query('CREATE TABLE fresh.message (LIKE bus.message INCLUDING ALL) WITH (autovacuum_enabled = false)');
    await pool.query('INSERT INTO fresh.message SELECT * FROM bus.message');
    const explained: string[] = [];
    const pages = new MessagePages('fresh', async (text, values) => {
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
      explained.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return [];
    });
    await Promise.all(partitions.map((partition) => pages.read({ topic: 'topic', partition }, 24_000n, limits)));
    expect(explained).toHaveLength(1);
    expect(explained[0]).toMatch(/Index Scan using message_pkey/);
    expect(explained[0]).not.toMatch(/Seq Scan|Sort/);
  });
});
