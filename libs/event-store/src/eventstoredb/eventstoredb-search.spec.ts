import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import { aStream, outcomeOf, someEvents, Subscriber } from '../testing/index.js';
import { DoubleContext, scope } from './testing/double-context.js';

const context = new DoubleContext();

describe('a scope that rests in a log of others, which takes long to look through', () => {
  test('is read when the server has brought what was asked for, not when it has looked through the rest', async () => {
    const double = await context.double();
    const store = context.open(double.url, { callTimeoutMs: 1_500 });
    const { position, events } = await store.append(aStream(scope), 'no-stream', someEvents(3));
    double.searchMs = 60_000;

    expect(await store.head()).toBe(position);
    expect((await store.readAll({ limit: 2 })).events).toEqual(events.slice(0, 2));
  });

  test('is looked for as long as the server answers other questions', async () => {
    const double = await context.double();
    const store = context.open(double.url, { callTimeoutMs: 1_000 });
    double.searchMs = 3_000;

    expect(await store.head()).toBe('0');
    expect((await store.readAll()).events).toEqual([]);
  });

  test('is looked for once, however many ask meanwhile, and each is told what was there when it asked', async () => {
    const double = await context.double();
    const namespace = 'shared-';
    const [store, other] = [context.open(double.url, { namespace }), context.open(double.url, { namespace })];
    await other.storeId();
    double.searchMs = 1_000;
    const early = store.head();
    const later = await other.append(aStream(scope), 'no-stream', someEvents(1));
    const late = [store.head(), store.head()];

    expect(['0', later.position]).toContain(await early);
    expect(await Promise.all(late)).toEqual([later.position, later.position]);
    expect(double.searchesBack).toBe(1);
  });

  test('is found behind what the server writes about itself and answers to nobody', async () => {
    const double = await context.double();
    const namespace = 'shared-';
    const [store, other] = [context.open(double.url, { namespace }), context.open(double.url, { namespace })];
    const { position } = await other.append(aStream(scope), 'no-stream', someEvents(1));
    expect(await store.head()).toBe(position);

    const later = await other.append(aStream(scope), 'no-stream', someEvents(1));
    double.log.writeEpoch();

    expect(await store.head()).toBe(later.position);
    double.log.writeEpoch();
    expect(await store.head()).toBe(later.position);
  });

  test('is given up when the server freezes meanwhile', async () => {
    const double = await context.double();
    const proxy = await context.proxied(double);
    const store = context.open(proxy.url, { callTimeoutMs: 1_000 });
    await store.storeId();
    double.searchMs = 60_000;
    const reading = outcomeOf(store.readAll());
    proxy.freeze();
    const from = performance.now();

    expect(await reading).toBeInstanceOf(EventStoreUnavailableError);
    expect(performance.now() - from).toBeLessThan(20_000);
  });

  test('does not keep a store from being closed', async () => {
    const double = await context.double();
    const store = context.open(double.url);
    double.searchMs = 60_000;
    const subscriber = new Subscriber(store);
    const reading = outcomeOf(store.readAll());
    const from = performance.now();

    await store.close();

    expect(await reading).toBeInstanceOf(EventStoreUnavailableError);
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(subscriber.events).toEqual([]);
  });
});
