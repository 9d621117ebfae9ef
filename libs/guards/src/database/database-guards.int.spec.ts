import { testDatabase } from '@cairn/embedded-postgres/testing';
import { provisionDatabase } from '@cairn/service-kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

/** What nobody may do to the record, nor to the messages on their way: the whole point of both is that they stay. */
const recorded = ['directory_store.es_event', 'scaling_plan_store.es_event', 'bus.message'];
const overwriting = (table: string): readonly string[] => [
  `UPDATE ${table} SET ${table === 'bus.message' ? 'key = key' : 'type = type'}`,
  `DELETE FROM ${table}`,
  `TRUNCATE ${table}`,
];

/** What a service may not do because the tables are another's, or not its own to change. */
const foreign = [
  'SELECT * FROM scaling_plan_store.es_event',
  'INSERT INTO scaling_plan_store.es_head SELECT * FROM scaling_plan_store.es_head',
  'CREATE TABLE scaling_plan.own (n int)',
  'ALTER TABLE directory_store.es_event DISABLE TRIGGER ALL',
  'DROP TRIGGER es_event_append_only ON directory_store.es_event',
];

describe('the guards of the database', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let client: pg.Client;

  /** The statements that go through, each in a transaction that is rolled back. */
  const passing = async (role: string | undefined, statements: readonly string[]): Promise<readonly string[]> => {
    const passed: string[] = [];
    for (const statement of statements) {
      await client.query('BEGIN');
      try {
        if (role !== undefined) await client.query(`SET LOCAL ROLE ${role}`);
        await client.query(statement);
        passed.push(statement);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
      } finally {
        await client.query('ROLLBACK');
      }
    }
    return passed;
  };

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['directory', 'scaling-plan']);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  test.each(recorded)('%s takes nothing back, from a service or from its owner, also while it is empty', async (table) => {
    expect(await passing('cairn_directory', overwriting(table))).toEqual([]);
    expect(await passing(undefined, overwriting(table))).toEqual([]);
  });

  test('a service reaches neither what is another service’s nor the guards of its own record', async () => {
    expect(await passing('cairn_directory', foreign)).toEqual([]);
  });

  test('what a service is for goes through', async () => {
    const own = ['SELECT * FROM directory_store.es_event', 'CREATE TABLE directory.own (n int)', 'SELECT * FROM bus.message'];
    expect(await passing('cairn_directory', own)).toEqual(own);
  });

  // The planted violations: with a guard taken away, the check above sees what goes through.
  test.each(recorded)('without its trigger, %s would be found open', async (table) => {
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
    try {
      expect(await passing(undefined, overwriting(table))).toEqual(overwriting(table));
    } finally {
      await client.query(`ALTER TABLE ${table} ENABLE TRIGGER ALL`);
    }
  });

  test('with too many rights, a service would be found to reach the record of another', async () => {
    const rights = (verb: string, word: string) =>
      `${verb} USAGE ON SCHEMA scaling_plan_store ${word} cairn_directory; ${verb} SELECT ON scaling_plan_store.es_event ${word} cairn_directory`;
    await client.query(rights('GRANT', 'TO'));
    try {
      expect(await passing('cairn_directory', foreign.slice(0, 1))).toEqual(foreign.slice(0, 1));
    } finally {
      await client.query(rights('REVOKE', 'FROM'));
    }
  });
});
