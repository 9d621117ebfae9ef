import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError } from '../errors.js';
import { aStream, outcomeOf, someEvents, until } from '../testing/index.js';
import { DoubleContext, scope } from './testing/double-context.js';
import { refusals } from './testing/eventstoredb-double/double-answers.js';
import { EventStoreDbDouble } from './testing/eventstoredb-double/eventstoredb-double.js';

const context = new DoubleContext();

describe('EventStoreDb on a cluster', () => {
  test('finds the leader by gossip, and follows when another one leads', async () => {
    const first = await context.double();
    const second = await context.double(first.log);
    second.leader = first;
    const hosts = [first, second].map(({ port }) => `127.0.0.1:${port}`);
    const store = context.open(`esdb://${hosts.join(',')}?tls=false`);
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    expect(second.calls).toEqual([]);

    first.leader = second.leader = second;
    first.fault = () => refusals.notLeader('127.0.0.1', second.port);
    let outcome: unknown = await outcomeOf(store.append(stream, 1, someEvents(1)));
    expect(outcome).toBeInstanceOf(EventStoreUnavailableError);
    outcome = await outcomeOf(store.append(stream, 1, someEvents(1)));

    expect(outcome).toBe('answered');
    expect(second.calls).toContain('append');
    expect(await store.readStream(stream)).toHaveLength(2);
  });

  test('that has no leader is unavailable, for all calls at once, and nothing fails outside of a call', async () => {
    const double = await context.double();
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const url = `esdb://127.0.0.1:${double.port},127.0.0.1:${double.port}?tls=false&maxDiscoverAttempts=2&discoveryInterval=10`;
      const store = context.open(url, { callTimeoutMs: 3_000 });
      await store.head();
      double.kill();
      // Each goes on by itself, so that one call fails while another already looks for a leader.
      const callers = Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 5; round += 1) {
          expect(await outcomeOf(store.readStream(aStream(scope)))).toBeInstanceOf(EventStoreUnavailableError);
        }
      });
      await Promise.all(callers);
      await double.restart();
      let back = false;
      const asking = (async () => {
        while (!back) back = (await outcomeOf(store.head())) === 'answered';
      })();
      await until('the cluster is back', () => back);
      await asking;
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  test('that is frozen while the leader is looked for is given up in time, before any call has begun', async () => {
    const proxy = await context.proxied(await context.double());
    proxy.freeze();
    const host = new URL(proxy.url).host;
    const url = `esdb://${host},${host}?tls=false&gossipTimeout=60&maxDiscoverAttempts=1`;
    const store = context.open(url, { callTimeoutMs: 200 });
    const from = performance.now();

    expect(await outcomeOf(store.head())).toBeInstanceOf(EventStoreUnavailableError);

    // By the limit of the call, which is far shorter than that of the search.
    expect(performance.now() - from).toBeLessThan(20_000);
  });

  test('that is frozen does not keep a store with subscribers from being closed', async () => {
    const proxy = await context.proxied(await context.double());
    proxy.freeze();
    const host = new URL(proxy.url).host;
    const store = context.open(`esdb://${host},${host}?tls=false&gossipTimeout=60&maxDiscoverAttempts=1`, { callTimeoutMs: 200 });
    store.subscribe({ from: 'start', handle: async () => undefined });
    const from = performance.now();

    await store.close();

    expect(performance.now() - from).toBeLessThan(20_000);
  });

  test('a closed store holds no connection', async () => {
    const double = await EventStoreDbDouble.start();
    const store = context.open(double.url);
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    const subscription = store.subscribe({ from: 'start', handle: async () => undefined });
    await subscription.started;
    await until('a connection', () => double.connections > 0, () => double.connections);

    await store.close();

    await until('the connection ended', () => double.connections === 0, () => double.connections);
    double.kill();
  });
});
