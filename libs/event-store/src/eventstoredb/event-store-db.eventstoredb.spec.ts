import { randomUUID } from 'node:crypto';

import { TcpProxy } from '@cairn/embedded-postgres/testing';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { jsonEvent } from '@eventstore/db-client';

import { copyStore } from '../copy/copy-store.js';
import { DamagedEventError, EventStoreUnavailableError } from '../errors.js';
import { InMemoryEventStore } from '../in-memory/in-memory-event-store.js';
import {
  aStream,
  eventStoreContract,
  ManualClock,
  outcomeOf,
  requireEventStoreUrl,
  someEvents,
  Subscriber,
  until,
} from '../testing/index.js';
import { verifyStore } from '../verify-store.js';
import { openClient } from './client/client-internals.js';
import { EventStoreDbCalls } from './client/eventstoredb-calls.js';
import type { EventStoreDb, EventStoreDbOptions } from './event-store-db.js';
import { openEventStoreDb } from './event-store-db.js';
import { openEventStoreDbImport } from './event-store-db-import.js';
import { untilAnswering } from './testing/answering-server.js';

/** A record of its own on a server that holds other things: a namespace that nobody else has. */
const aNamespace = (): string => `test-${randomUUID()}-`;

beforeAll(() => untilAnswering(requireEventStoreUrl()), 120_000);

eventStoreContract('EventStoreDb on a live server', async (settings) => {
  const options = { ...settings, url: requireEventStoreUrl(), namespace: aNamespace() };
  const stores = [openEventStoreDb(options)];
  return {
    store: stores[0] as (typeof stores)[number],
    reopen: async () => {
      const store = openEventStoreDb(options);
      stores.push(store);
      return store;
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
});

describe('a live EventStoreDB', () => {
  const scope = 'records';
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const open = (options: Partial<EventStoreDbOptions> & { readonly namespace: string }): EventStoreDb => {
    const store = openEventStoreDb({ url: requireEventStoreUrl(), scope, clock: new ManualClock(), ...options });
    closing.push(() => store.close());
    return store;
  };

  const proxied = async (): Promise<TcpProxy> => {
    const proxy = await TcpProxy.before(requireEventStoreUrl());
    closing.push(() => proxy.goDown());
    return proxy;
  };

  const client = () => {
    const opened = openClient(requireEventStoreUrl());
    closing.push(() => new EventStoreDbCalls(opened, 1_000).close());
    return opened.client;
  };

  test('drops connections, and its subscribers go on without a gap', async () => {
    const namespace = aNamespace();
    const proxy = await proxied();
    const reader = open({ namespace, url: proxy.url, callTimeoutMs: 2_000 });
    const writer = open({ namespace });
    const subscriber = new Subscriber(reader);
    for (let round = 1; round <= 5; round += 1) {
      await writer.append(aStream(scope), 'no-stream', someEvents(3));
      await subscriber.untilCount(round * 3);
      proxy.cut();
    }
    await proxy.goDown();
    const { position } = await writer.append(aStream(scope), 'no-stream', someEvents(3));
    await until('the drop reported', () => subscriber.errors.length > 0);
    await proxy.comeUp();
    await until('the rest delivered', () => subscriber.readUpTo === position, () => subscriber.readUpTo);

    expect(subscriber.ids).toEqual((await writer.readAll()).events.map(({ id }) => id));
    await subscriber.subscription.stop();
  });

  test('freezes, and every call ends in its time', async () => {
    const proxy = await proxied();
    const store = open({ namespace: aNamespace(), url: proxy.url, callTimeoutMs: 1_000 });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    proxy.freeze();
    for (const call of [() => store.append(stream, 1, someEvents(1)), () => store.head(), () => store.readStream(stream)]) {
      const from = performance.now();
      expect(await outcomeOf(call())).toBeInstanceOf(EventStoreUnavailableError);
      // A search is given up when a question beside it has had no answer in its time either.
      expect(performance.now() - from).toBeLessThan(4_000);
    }
    proxy.thaw();
  });

  test('loses an answer, and the repeated append is answered as the first', async () => {
    const proxy = await proxied();
    const store = open({ namespace: aNamespace(), url: proxy.url, callTimeoutMs: 2_000 });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    const events = someEvents(2);
    proxy.loseAnswers();
    await outcomeOf(store.append(stream, 1, events));

    let again = await outcomeOf(store.append(stream, 1, events));
    for (let tries = 0; tries < 20 && again instanceof EventStoreUnavailableError; tries += 1) {
      again = await outcomeOf(store.append(stream, 1, events));
    }
    expect(again).toBe('answered');
    expect(await store.readStream(stream)).toHaveLength(3);
  });

  test('tells by the live subscription what another process appended', async () => {
    const namespace = aNamespace();
    const slow = { pollIntervalMs: 600_000, idleIntervalMsMax: 600_000 };
    const subscriber = new Subscriber(open({ namespace, ...slow }), { from: 'end' });
    await subscriber.subscription.started;
    await open({ namespace }).append(aStream(scope), 'no-stream', someEvents(1));
    await subscriber.untilCount(1);
    await subscriber.subscription.stop();
  });

  test('holds other scopes and namespaces, which are none of the record', async () => {
    const namespace = aNamespace();
    const store = open({ namespace });
    const others = [open({ namespace: aNamespace() }), open({ namespace, scope: 'records-2' })];
    const { position } = await store.append(aStream(scope), 'no-stream', someEvents(2));
    for (const other of others) await other.append(aStream(other.scope), 'no-stream', someEvents(300));

    expect(await store.head()).toBe(position);
    expect(await store.readAll({ after: position })).toEqual({ events: [], readUpTo: position });
    const next = await store.append(aStream(scope), 'no-stream', someEvents(1));
    expect((await store.readAll({ after: position })).events).toEqual(next.events);
    expect(await store.head()).toBe(next.position);
    expect(await verifyStore(store)).toMatchObject({ events: 3, breakCount: 0 });
  });

  test('was written to by another program: the event is named', async () => {
    const namespace = aNamespace();
    const store = open({ namespace });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    await client().appendToStream(`${namespace}${stream}`, jsonEvent({ type: 'Foreign', data: {} }));

    for (const reading of [store.readStream(stream), store.readAll()]) {
      expect(await outcomeOf(reading)).toMatchObject({ name: 'DamagedEventError', stream, version: 2 });
    }
    expect(await verifyStore(store)).toMatchObject({ events: 2, breakCount: 1 });
  });

  test('lost a stream, softly or for good: that is damage', async () => {
    const namespace = aNamespace();
    const store = open({ namespace });
    const [soft, hard] = [aStream(scope), aStream(scope)];
    for (const stream of [soft, hard]) await store.append(stream, 'no-stream', someEvents(2));
    const operator = client();
    await operator.deleteStream(`${namespace}${soft}`);
    await operator.tombstoneStream(`${namespace}${hard}`);

    const blind = open({ namespace });
    for (const stream of [soft, hard]) {
      expect(await outcomeOf(blind.readStream(stream))).toBeInstanceOf(DamagedEventError);
      expect(await outcomeOf(blind.append(stream, 'no-stream', someEvents(1)))).toBeInstanceOf(DamagedEventError);
    }
  });

  test('takes a copy of a record, byte for byte', async () => {
    const clock = new ManualClock('2024-02-01T05:00:00.000Z');
    const from = new InMemoryEventStore({ scope, clock });
    const streams = [aStream(scope), aStream(scope)];
    for (let version = 0; version < 40; version += 2) {
      clock.advance(3_600_000);
      for (const stream of streams) await from.append(stream, version || 'no-stream', someEvents(2));
    }
    await from.append(aStream(scope), 'no-stream', someEvents(4, { data: 'x'.repeat(400_000) }));
    const to = openEventStoreDbImport({ url: requireEventStoreUrl(), scope, namespace: aNamespace() });
    closing.push(() => to.store.close());

    expect(await copyStore({ from, to })).toEqual({ events: 84, streams: 3, found: 0 });
    expect(await copyStore({ from, to })).toEqual({ events: 84, streams: 3, found: 84 });
  });
});
