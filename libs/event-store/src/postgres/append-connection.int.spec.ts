import { TcpProxy } from '@cairn/embedded-postgres/testing';
import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import { aStream, anEvent, ManualClock, outcomeOf, someEvents } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { AppendConnection } from './append-connection.js';
import { connectionConfig } from './connection-options.js';
import { verifyPostgresEventStore } from './verify-postgres-event-store.js';

const records = new PostgresRecords();

/** The connection over which a store appends: the one that carries the session settings of appends. */
const appendBackends = `SELECT pid FROM pg_stat_activity
  WHERE application_name = $1 AND query LIKE '%es_append%' AND pid <> pg_backend_pid()`;

const waitingInserts = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1 AND query LIKE 'INSERT%'`;

/** Asks the database until it says so. */
const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) if (performance.now() > deadline) throw new Error(`It did not happen that ${what}`);
};

describe('the connection for appends', () => {
  test('ended by the server while idle comes back with the next append', async () => {
    const { schema, open } = await records.create();
    const name = `ended while idle ${schema}`;
    const store = open({ pool: { application_name: name } });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));

    const [backend] = await records.sql<{ pid: number }>(appendBackends, [name]);
    await records.sql('SELECT pg_terminate_backend($1)', [backend?.pid]);

    await expect(store.append(stream, 1, someEvents(1))).resolves.toMatchObject({ version: 2 });
    await expect(store.append(stream, 2, someEvents(1))).resolves.toMatchObject({ version: 3 });
  });

  test('ended again and again under load: every append is answered or refused, and no answer was wrong', async () => {
    const { schema, url, open } = await records.create();
    const name = `ended under load ${schema}`;
    const store = open({ pool: { application_name: name } });
    let writing = true;
    let killed = 0;
    const kill = async (): Promise<void> => {
      while (writing && killed < 6) {
        const text = `SELECT pg_terminate_backend(pid) FROM (${appendBackends}) x`;
        killed += (await records.sql(text, [name])).length;
      }
    };
    const stored = new Map<string, number>();
    const write = async (): Promise<void> => {
      const stream = aStream(scope);
      for (let version = 0; version < 40; ) {
        const event = anEvent();
        for (;;) {
          const outcome = await outcomeOf(store.append(stream, version || 'no-stream', [event]));
          if (outcome === 'answered') break;
          expect(outcome).toBeInstanceOf(EventStoreUnavailableError);
        }
        version += 1;
        stored.set(stream, version);
      }
    };

    const killer = kill();
    await Promise.all(Array.from({ length: 8 }, write));
    writing = false;
    await killer;

    expect(killed).toBeGreaterThan(3);
    for (const [stream, version] of stored) expect(await store.readStream(stream)).toHaveLength(version);
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 320, breakCount: 0 });
  });
});

describe('statements that are under way together', () => {
  const opened = async (url: string): Promise<AppendConnection> => {
    const connection = new AppendConnection(connectionConfig({ scope, schema: '', clock: new ManualClock(), connectionString: url }));
    await connection.query({ text: 'SELECT 1' });
    return connection;
  };

  test('fail each by itself, and are done in the order in which they were asked for', async () => {
    const { schema, url } = await records.create();
    await records.sql(`CREATE TABLE ${schema}.done (n int PRIMARY KEY, at serial)`);
    const connection = await opened(url);
    const insert = (n: number) => connection.query({ name: 'insert', text: `INSERT INTO ${schema}.done VALUES ($1) RETURNING n`, values: [n] });

    const outcomes = await Promise.allSettled([insert(1), insert(2), insert(1), insert(3), connection.query({ text: 'SELECT 1 / 0' }), insert(4)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await records.sql(`SELECT n FROM ${schema}.done ORDER BY at`)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    await connection.close();
  });

  test('are sent without waiting for the answers before them', async () => {
    const { schema, url } = await records.create();
    await records.sql(`CREATE TABLE ${schema}.done (n int)`);
    const proxy = await TcpProxy.before(url);
    const connection = await opened(proxy.url);
    const insert = (n: number) => connection.query({ text: `INSERT INTO ${schema}.done VALUES ($1)`, values: [n] });

    const other = await records.connect();
    await other.query(`BEGIN; LOCK TABLE ${schema}.done IN ACCESS EXCLUSIVE MODE`);

    const both = Promise.all([insert(1), insert(2)]);
    await eventually('the first waits', async () => (await records.sql(waitingInserts, [`%${schema}.done%`])).length === 1);
    proxy.freeze();
    await other.query('COMMIT');
    await eventually('both are done', async () => (await records.sql(`SELECT n FROM ${schema}.done`)).length === 2);
    proxy.thaw();
    await both;

    await other.end();
    await connection.close();
    await proxy.goDown();
  });
});

describe('a reply that is lost after the commit', () => {
  test('is found again by the ids: the right answer, stored once', async () => {
    const { url, open } = await records.create();
    const proxy = await TcpProxy.before(url);
    const store = open({ connectionString: proxy.url });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    const event = anEvent();

    proxy.loseAnswers();
    const answer = await store.append(stream, 1, [event]);

    expect(answer).toMatchObject({ version: 2, position: '2', events: [{ id: event.id }] });
    expect(await store.readStream(stream)).toHaveLength(2);
    await store.close();
    await proxy.goDown();
  });
});
