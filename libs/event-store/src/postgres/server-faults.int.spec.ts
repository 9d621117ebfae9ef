import { TcpProxy } from '@cairn/embedded-postgres/testing';
import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import { aStream, outcomeOf, someEvents, Subscriber, until } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';

const records = new PostgresRecords();

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
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? store : second).append(aStream(scope), 'no-stream', someEvents(3)),
      ),
    );
    await subscriber.untilCount(120);

    const positions = subscriber.events.map(({ position }) => Number(position));
    expect(positions).toEqual(positions.map((_, at) => at + 1));
    await other.query('COMMIT');
    await other.end();
    await subscriber.subscription.stop();
  });
});

describe('a server that does not answer', () => {
  const quick = { callTimeoutMs: 1_500, connectTimeoutMs: 1_500 };

  test('while a lock holds the head: refused in time, and the next append goes through', async () => {
    const { schema, open } = await records.create();
    const store = open(quick);
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    const other = await records.connect();
    await other.query('BEGIN');
    await other.query(`SELECT FROM ${schema}.es_head FOR UPDATE`);

    const refused = await Promise.all(
      [1, 2, 3].map(() => outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)))),
    );
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
    const calls = [store.append(stream, 1, events), store.readStream(stream), store.head()];
    const refused = await Promise.all(calls.map(outcomeOf));
    expect(refused).toEqual([1, 2, 3].map(() => expect.any(EventStoreUnavailableError)));
    expect(performance.now() - started).toBeLessThan(8_000);
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
    const wrong = Object.assign(new URL(url), { username: 'nobody', password: 'wrong' });
    const store = open({ connectionString: wrong.toString() });
    const outcome = await outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)));
    expect(outcome).toBeInstanceOf(Error);
    expect(outcome).not.toBeInstanceOf(EventStoreUnavailableError);
  });
});
