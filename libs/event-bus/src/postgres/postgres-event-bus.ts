import pg from 'pg';
import type { DeliveryTimes } from '../delivery/group-member.js';
import { PolledEventBus } from '../delivery/polled-event-bus.js';
import { PostgresLog } from './postgres-log.js';

export interface PostgresEventBusOptions extends Partial<DeliveryTimes> {
  /** Connects as the role of the service. `max` defaults to 4 connections. Deadlines come from `callTimeoutMs`. */
  readonly connection: pg.PoolConfig;
  /** Default `bus`; laid out by `migratePostgresEventBus`. */
  readonly schema?: string;
  /** The longest that one call may take before the bus counts as unavailable; default 10,000. */
  readonly callTimeoutMs?: number;
}

/** The bus where nothing but PostgreSQL runs: messages in a table that is only ever added to. */
export class PostgresEventBus extends PolledEventBus {}

/** Connects when it is first used, and again whenever the server was away: a server that is absent is no error here. */
export const openPostgresEventBus = (options: PostgresEventBusOptions): PostgresEventBus => {
  const { connection, schema = 'bus', callTimeoutMs = 10_000, ...times } = options;
  const pool = new pg.Pool({
    max: 4,
    application_name: 'cairn event bus',
    ...connection,
    keepAlive: true,
    connectionTimeoutMillis: Math.min(callTimeoutMs, 5_000),
    // The server gives up first, so that its answer and not the driver's deadline is the normal end of a slow call.
    statement_timeout: callTimeoutMs,
    query_timeout: callTimeoutMs + 500,
  });
  return new PostgresEventBus(new PostgresLog(pool, schema, callTimeoutMs), times);
};
