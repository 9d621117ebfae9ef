import { openPostgresEventBus } from '@cairn/event-bus';
import { openPostgresEventStore } from '@cairn/event-store';
import type { Clock } from '@cairn/event-store';
import { anEvent, aStream } from '@cairn/event-store/testing';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { RequestClock } from '../time/request-clock.js';
import { busSchema, provisionDatabase } from './provision.js';
import { connectAs, openDataSource, storeSchemaOf } from './service-database.js';

const cancelledByServer = '57014';

/** The code of what the failure was caused by; a deadline of the driver has none. */
const causeOf = async (work: Promise<unknown>): Promise<unknown> => {
  const failure = await work.then(() => undefined, (error: unknown) => error);
  return (failure as { readonly cause?: { readonly code?: string } }).cause?.code;
};

describe('the deadlines of a service', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let blocker: pg.Client;
  const clock: Clock = new RequestClock();

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['directory']);
    blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
  });
  afterAll(async () => {
    await blocker.end();
    await database.drop();
  });

  const whileLocked = async (table: string, work: () => Promise<void>): Promise<void> => {
    await blocker.query('BEGIN');
    await blocker.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    try {
      await work();
    } finally {
      await blocker.query('ROLLBACK');
    }
  };

  test('a slow append is given up by the server first, so that it is known not to be stored', async () => {
    const pool = connectAs(database.url, 'directory');
    const schema = storeSchemaOf('directory');
    const store = openPostgresEventStore({ scope: 'directory', schema, pool, clock, callTimeoutMs: 300 });
    await whileLocked(`${schema}.es_head`, async () => {
      expect(await causeOf(store.append(aStream('directory'), 'no-stream', [anEvent()]))).toBe(cancelledByServer);
    });
    await store.close();
  });

  test('so is a slow publication', async () => {
    const bus = openPostgresEventBus({ schema: busSchema, connection: connectAs(database.url, 'directory'), callTimeoutMs: 300 });
    await whileLocked(`${busSchema}.topic`, async () => {
      expect(await causeOf(bus.ensureTopic('cairn.slow', { partitions: 1 }))).toBe(cancelledByServer);
    });
    await bus.close();
  });

  test('how a service connects brings no deadline; its own tables have theirs, the driver last', async () => {
    expect(Object.keys(connectAs(database.url, 'directory')).sort()).toEqual(['application_name', 'connectionString', 'options']);
    const dataSource = await openDataSource(database.url, 'directory', { migrations: [] });
    const { extra } = dataSource.options as { readonly extra: pg.PoolConfig };
    expect(extra.keepAlive).toBe(true);
    expect(extra.query_timeout).toBeGreaterThan(Number(extra.statement_timeout));
    expect(await dataSource.query('SHOW idle_in_transaction_session_timeout')).toEqual([
      { idle_in_transaction_session_timeout: '1min' },
    ]);
    await dataSource.destroy();
  });
});
