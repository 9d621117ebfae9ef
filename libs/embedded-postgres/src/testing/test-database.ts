import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** Of the superuser, on the new database. */
  readonly url: string;
  /** Removes the database; connections that are still open after a while are ended. */
  drop(): Promise<void>;
}

const serverUrl = (): string => {
  const url = process.env['CAIRN_TEST_POSTGRES_URL'];
  if (url === undefined) throw new Error('CAIRN_TEST_POSTGRES_URL is not set: run through Jest with its globalSetup.');
  return url;
};

const onServer = async (work: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};

const leaving_ms = 1_000;

/**
 * A pool that was ended has said good-bye on its connections, and not waited for the server to hear it: one that were
 * ended from here meanwhile would be an error that nobody listens for any more.
 */
const dropOnceLeft = async (client: pg.Client, name: string): Promise<void> => {
  const connected = `SELECT pg_sleep(0.005) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' LIMIT 1`;
  const latest = performance.now() + leaving_ms;
  while (performance.now() < latest && ((await client.query(connected, [name])).rowCount ?? 0) > 0);
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
};

/** A fresh, empty database on the server of this Jest run. Roles are the server's: tests of all workers share them. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${process.env['JEST_WORKER_ID'] ?? '0'}_${randomUUID().replaceAll('-', '')}`;
  await onServer(async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
  });
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer((client) => dropOnceLeft(client, name)) };
};
