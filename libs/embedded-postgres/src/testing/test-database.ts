import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** Of the superuser, on the new database. */
  readonly url: string;
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>;
}

const serverUrl = (): string => {
  const url = process.env['CAIRN_TEST_POSTGRES_URL'];
  if (url === undefined) throw new Error('CAIRN_TEST_POSTGRES_URL is not set: run through Jest with its globalSetup.');
  return url;
};

const onServer = async (sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** A fresh, empty database on the server of this Jest run. Roles are the server's: tests of all workers share them. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${process.env['JEST_WORKER_ID'] ?? '0'}_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
};
