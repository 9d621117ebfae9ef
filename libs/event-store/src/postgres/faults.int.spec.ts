import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import { verifyStream } from '../hash-chain.js';
import { aStream, anEvent, someEvents, Subscriber, until } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';
import { TcpProxy } from '../testing/tcp-proxy.js';
import { verifyPostgresEventStore } from './verify-postgres-event-store.js';

const records = new PostgresRecords();

/** The connection over which a store appends: the one that carries the session settings of appends. */
const appendBackends = `SELECT pid FROM pg_stat_activity
  WHERE application_name = $1 AND query LIKE '%es_append%' AND pid <> pg_backend_pid()`;

const outcomeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'answered',
    (error: unknown) => error,
  );

describe('a long open write transaction elsewhere', () => {
  test('makes no subscriber skip or wait', async () => {
    const { schema, open } = await records.create();
    const store = open();
    await records.sql(`CREATE TABLE ${schema}.checkpoint (one int)`);
    const other = await records.connect();
    await other.query('BEGIN');
    await other.query(`INSERT INTO ${schema}.checkpoint VALUES (1)`);
    await other.query('SELECT pg_current_xact_id()');
    const subscriber = new Subscriber(store);
    const second = open();

    await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? store : second).append(aStream(scope), 'no-stream', someEvents(3))),
    );
    await subscriber.untilCount(120);

    expect(subscriber.events.map(({ position }) => Number(position))).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
    await other.query('COMMIT');
    await other.end();
    await subscriber.subscription.stop();
  });
});

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

describe('a flush that fails', () => {
  test('fails the bad command alone, and positions stay dense', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    await records.sql(`ALTER TABLE ${schema}.es_event ADD CONSTRAINT no_rock CHECK (type <> 'Rock')`);

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(2, { type: index === 7 ? 'Rock' : 'Stone' }))),
      ),
    );

    expect(outcomes.filter((outcome) => outcome !== 'answered')).toEqual([expect.objectContaining({ code: '23514' })]);
    const { events } = await store.readAll();
    expect(events.map(({ position }) => Number(position))).toEqual(Array.from({ length: 59 }, (_, at) => at + 1));
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 59, breakCount: 0 });
  });

  test('gives its positions back', async () => {
    const { schema, open } = await records.create();
    const store = open();
    await records.sql(`ALTER TABLE ${schema}.es_event ADD CONSTRAINT no_rock CHECK (type <> 'Rock')`);
    await expect(store.append(aStream(scope), 'no-stream', [anEvent({ type: 'Rock' })])).rejects.toThrow('no_rock');
    expect(await store.head()).toBe('0');
    await expect(store.append(aStream(scope), 'no-stream', [anEvent()])).resolves.toMatchObject({ position: '1' });
  });
});

describe('a head in memory that is not that of the record', () => {
  test('of the same version never gets a hash written over it', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', [anEvent({ data: 'before the backup was restored' })]);
    // The record as another process went on with it, after a restore that this one did not notice.
    await records.pastTheGuard(schema, `TRUNCATE ${schema}.es_event, ${schema}.es_stream`);
    await records.sql(`UPDATE ${schema}.es_head SET pos = 0`);
    await open().append(stream, 'no-stream', [anEvent({ data: 'after it' })]);

    await expect(store.append(stream, 1, [anEvent()])).resolves.toMatchObject({ version: 2 });

    expect(verifyStream(await store.readStream(stream))).toBeUndefined();
    expect((await verifyPostgresEventStore({ connection: url, schema })).breaks).toEqual([]);
  });
});

describe('a server that does not answer', () => {
  const quick = { callTimeoutMs: 300, connectTimeoutMs: 300 };

  test('while a lock holds the head: refused in time, and the next append goes through', async () => {
    const { schema, open } = await records.create();
    const store = open(quick);
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    const other = await records.connect();
    await other.query('BEGIN');
    await other.query(`SELECT FROM ${schema}.es_head FOR UPDATE`);

    const refused = await Promise.all([1, 2, 3].map(() => outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)))));
    expect(refused).toEqual([1, 2, 3].map(() => expect.any(EventStoreUnavailableError)));
    await other.query('ROLLBACK');
    await other.end();

    await expect(store.append(aStream(scope), 'no-stream', someEvents(1))).resolves.toMatchObject({ position: '2' });
  });

  test('frozen: every call is refused in time, and works again after it', async () => {
    const { url, open } = await records.create();
    const proxy = await TcpProxy.before(url);
    const store = open({ ...quick, connectionString: proxy.url });
    const stream = aStream(scope);
    const events = someEvents(1);
    await store.append(stream, 'no-stream', someEvents(1));
    await store.readStream(stream);

    proxy.freeze();
    const started = performance.now();
    const refused = await Promise.all([store.append(stream, 1, events), store.readStream(stream), store.head()].map(outcomeOf));
    expect(refused).toEqual([1, 2, 3].map(() => expect.any(EventStoreUnavailableError)));
    expect(performance.now() - started).toBeLessThan(5_000);
    // Also the call that needs a new connection, which the server never takes.
    expect(await outcomeOf(store.append(stream, 1, events))).toBeInstanceOf(EventStoreUnavailableError);
    proxy.thaw();

    await expect(store.append(stream, 1, events)).resolves.toMatchObject({ version: 2 });
    expect(await store.readStream(stream)).toHaveLength(2);
    await store.close();
    await proxy.goDown();
  });

  test('closing does not hang on one that is frozen', async () => {
    const { url, open } = await records.create();
    const proxy = await TcpProxy.before(url);
    const store = open({ ...quick, connectionString: proxy.url });
    const subscriber = new Subscriber(store);
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    await subscriber.untilCount(1);
    proxy.freeze();
    const pending = outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)));

    await store.close();

    expect(await pending).toBeInstanceOf(EventStoreUnavailableError);
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

describe('a server that goes down and comes up', () => {
  test('nothing that was acknowledged is lost, subscriptions and appends go on by themselves', async () => {
    const { url, open } = await records.create();
    const proxy = await TcpProxy.before(url);
    const store = open({ connectionString: proxy.url });
    const subscriber = new Subscriber(store);
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    await subscriber.untilCount(1);

    await proxy.goDown();
    expect(await outcomeOf(store.append(stream, 1, someEvents(1)))).toBeInstanceOf(EventStoreUnavailableError);
    expect(await outcomeOf(store.head())).toBeInstanceOf(EventStoreUnavailableError);
    await until('the subscription told', () => subscriber.errors.length > 0);
    await proxy.comeUp();

    await expect(store.append(stream, 1, someEvents(2))).resolves.toMatchObject({ version: 3 });
    await subscriber.untilCount(3);
    expect(subscriber.events.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(subscriber.errors[0]).toBeInstanceOf(EventStoreUnavailableError);
    await store.close();
    await proxy.goDown();
  });

  test('a store can be opened while it is down', async () => {
    const { url, open } = await records.create();
    const proxy = await TcpProxy.before(url);
    await proxy.goDown();
    const store = open({ connectionString: proxy.url });
    const subscriber = new Subscriber(store, { from: 'end' });
    expect(await outcomeOf(store.readAll())).toBeInstanceOf(EventStoreUnavailableError);

    await proxy.comeUp();
    await subscriber.subscription.started;
    await store.append(aStream(scope), 'no-stream', someEvents(1));

    await subscriber.untilCount(1);
    await store.close();
    await proxy.goDown();
  });

  test('a wrong password is not taken for a server that is away', async () => {
    const { url, open } = await records.create();
    const store = open({ connectionString: Object.assign(new URL(url), { password: 'wrong', username: 'nobody' }).toString() });
    const outcome = await outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)));
    expect(outcome).toBeInstanceOf(Error);
    expect(outcome).not.toBeInstanceOf(EventStoreUnavailableError);
  });
});
