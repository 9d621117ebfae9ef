import type pg from 'pg';

import type { Clock } from '../clock.js';

export interface PostgresEventStoreOptions {
  readonly scope: string;
  /** Where `migratePostgresEventStore` made the tables. */
  readonly schema: string;
  readonly clock: Clock;
  readonly connectionString?: string;
  /** What `pg` takes beside or instead of the connection string: TLS, password function, size of the reading pool. No deadlines. */
  readonly pool?: pg.PoolConfig;
  /** Between two looks for events of other processes while they find some; default 5 ms. */
  readonly pollIntervalMs?: number;
  /** What that grows to while they find none; default 50 ms. */
  readonly idleIntervalMsMax?: number;
  /** How long a statement may take before the engine counts as unavailable; default 10 s. */
  readonly callTimeoutMs?: number;
  /** How long a connection may take to come up; default 5 s. */
  readonly connectTimeoutMs?: number;
}

/** Hands each value on as the text that the server sent: `json` byte for byte, `bigint` without loss. */
export const textTypes = { getTypeParser: () => (value: unknown) => value };

/**
 * Every statement of a store goes by an index, whatever the size of the tables was when it was planned: a plan from
 * the first day, when a scan of the whole table was cheap, would stay for as long as the connection does. Nor by a
 * bitmap: before a table was analyzed few rows are expected of a window of positions, and all of it would be sorted.
 * Compiling such small plans takes a hundred times as long as running them.
 */
export const planSettings = 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off';

/** What the connections of a store have in common. */
export const connectionConfig = (options: PostgresEventStoreOptions): pg.PoolConfig => {
  const { scope, connectionString, callTimeoutMs = 10_000, connectTimeoutMs = 5_000 } = options;
  return {
    application_name: `cairn event store ${scope}`,
    ...(connectionString !== undefined && { connectionString }),
    ...options.pool,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    // The server gives up first, so that its answer and not the driver's deadline is the normal end of a slow call.
    statement_timeout: callTimeoutMs,
    query_timeout: callTimeoutMs + 500,
    idle_in_transaction_session_timeout: callTimeoutMs,
    types: textTypes,
  };
};
