import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

/** How far the sample of this database is. It stands in the database, because that is what is half filled after a kill. */
export interface SampleState {
  /** The day that the sample ends on, fixed by the first start. */
  readonly today: string;
  readonly seed: number;
  readonly loaded: boolean;
}

const goodBye_ms = 2_000;

const ddl = `
  CREATE SCHEMA IF NOT EXISTS cairn_local;
  CREATE TABLE IF NOT EXISTS cairn_local.sample (
    one int PRIMARY KEY CHECK (one = 1), today text NOT NULL, seed bigint NOT NULL, loaded boolean NOT NULL)`;

/** Keeps the state of the sample load with the owner's connection. */
export class SampleStates {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<SampleStates> {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, statement_timeout: 30_000, query_timeout: 30_500 });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(ddl);
    return new SampleStates(client);
  }

  async read(): Promise<SampleState | undefined> {
    const found = await this.client.query<{ today: string; seed: string; loaded: boolean }>(
      'SELECT today, seed, loaded FROM cairn_local.sample',
    );
    const row = found.rows[0];
    return row ? { today: row.today, seed: Number(row.seed), loaded: row.loaded } : undefined;
  }

  async begin(today: string, seed: number): Promise<SampleState> {
    await this.client.query('INSERT INTO cairn_local.sample VALUES (1, $1, $2, false)', [today, seed]);
    return { today, seed, loaded: false };
  }

  async finish(): Promise<void> {
    await this.client.query('UPDATE cairn_local.sample SET loaded = true');
  }

  /** A frozen server does not answer the good-bye; whoever gave the load up does not wait for that. */
  async close(): Promise<void> {
    await Promise.race([this.client.end(), pause(goodBye_ms, undefined, { ref: false })]);
  }
}
