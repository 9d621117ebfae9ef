import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import pg from 'pg';

import type { BenchServer } from '../measure/benchmark.js';

export interface RunningBenchServer extends BenchServer {
  /** The text of `SHOW server_version` and the settings that decide what a commit costs. */
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Drops the databases that were made, and has everything written: vacuum and checkpoint of one benchmark are no part of the next. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

const toldSettings = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'wal_sync_method'] as const;

/** A new cluster in a new folder under the folder for temporary files, with the settings that `npm start` has. */
export const startBenchServer = async (): Promise<RunningBenchServer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, purpose: 'a benchmark' });
  const query = async <Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const settings: Record<string, string> = {};
  for (const name of toldSettings) {
    const [row] = await query<Record<string, string>>(`SHOW ${name}`);
    settings[name] = row?.[name] ?? '';
  }
  if (settings.fsync !== 'on' || settings.synchronous_commit !== 'on') throw new Error('The server does not keep what it acknowledges');
  const made: string[] = [];
  const [version] = await query<{ server_version: string }>('SHOW server_version');
  return {
    url: server.url,
    version: version?.server_version ?? '',
    settings,
    database: async (name) => {
      await query(`CREATE DATABASE ${name}`);
      made.push(name);
      return server.urlOf(name);
    },
    settle: async () => {
      for (const name of made.splice(0)) await query(`DROP DATABASE ${name} WITH (FORCE)`);
      await query('CHECKPOINT');
    },
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
