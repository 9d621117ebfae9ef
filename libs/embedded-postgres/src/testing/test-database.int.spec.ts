import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from './test-database.js';

const rows = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('testDatabase', () => {
  test('gives a database of its own to each caller, with the rights of a superuser', async () => {
    const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
    await rows(one.url, 'CREATE TABLE only_here (id int)');

    const tables = "SELECT 1 FROM pg_tables WHERE tablename = 'only_here'";
    expect(await rows(one.url, tables)).toHaveLength(1);
    expect(await rows(other.url, tables)).toHaveLength(0);
    expect(await rows(one.url, 'SELECT usesuper FROM pg_user WHERE usename = current_user')).toEqual([{ usesuper: true }]);

    await Promise.all([one.drop(), other.drop()]);
  });

  test('drops a database that still has connections', async () => {
    const database = await testDatabase();
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();

    await database.drop();

    await expect(rows(database.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
    await client.end().catch(() => undefined);
  });
});
