import { describe, expect, test } from '@jest/globals';

import {
  EventStoreAccessDeniedError,
  EventStoreUnavailableError,
  InvalidAppendError,
  WrongExpectedVersionError,
} from '../errors.js';
import { aStream, anEvent, outcomeOf, someEvents, Subscriber, until } from '../testing/index.js';
import { verifyStore } from '../verify-store.js';
import { DoubleContext, scope } from './testing/double-context.js';
import { refusals } from './testing/eventstoredb-double/double-answers.js';

const context = new DoubleContext();

describe('EventStoreDb on the wire', () => {
  test('says that the engine is away, and goes on when it is back', async () => {
    const double = await context.double();
    const store = context.open(double.url, { callTimeoutMs: 2_000 });
    const stream = aStream(scope);
    const first = await store.append(stream, 'no-stream', someEvents(2));

    double.kill();
    const refused = await Promise.all([
      outcomeOf(store.append(stream, 2, someEvents(1))),
      outcomeOf(store.readStream(stream)),
      outcomeOf(store.readAll()),
      outcomeOf(store.head()),
      outcomeOf(store.storeId()),
    ]);
    await double.restart();

    for (const error of refused) expect(error).toBeInstanceOf(EventStoreUnavailableError);
    await untilAnswered(() => store.head());
    await store.append(stream, 2, someEvents(1));
    expect((await store.readStream(stream)).slice(0, 2)).toEqual(first.events);
    expect(await verifyStore(store)).toMatchObject({ events: 3, breakCount: 0 });
  });

  test('takes a raw error with code 14 and no type for an engine that is away', async () => {
    const double = await context.double();
    const store = context.open(double.url);
    double.fault = () => refusals.rawUnavailable();

    const error = await outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1)));

    expect(error).toBeInstanceOf(EventStoreUnavailableError);
    expect(error).toMatchObject({ message: expect.stringContaining('Server Is Not Ready') });
  });

  test('gives up on a server that is frozen, within its time, and works again once it thaws', async () => {
    const proxy = await context.proxied(await context.double());
    const store = context.open(proxy.url, { callTimeoutMs: 1_500 });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));

    proxy.freeze();
    const from = performance.now();
    const refused = [
      await outcomeOf(store.append(stream, 1, someEvents(1))),
      await outcomeOf(store.append(stream, 1, someEvents(1))),
      await outcomeOf(store.readAll()),
    ];
    const tookMs = performance.now() - from;
    proxy.thaw();

    for (const error of refused) expect(error).toBeInstanceOf(EventStoreUnavailableError);
    // Without that limit each would take ten seconds.
    expect(tookMs).toBeLessThan(3 * 5_000);
    await untilAnswered(() => store.head());
    expect(await outcomeOf(store.readStream(stream))).toBe('answered');
  });

  test('an append whose answer was lost is answered as stored when it is tried again, and stored once', async () => {
    const proxy = await context.proxied(await context.double());
    const store = context.open(proxy.url, { callTimeoutMs: 2_000 });
    const stream = aStream(scope);
    await store.append(stream, 'no-stream', someEvents(1));
    const events = someEvents(2);

    proxy.loseAnswers();
    const lost = await outcomeOf(store.append(stream, 1, events));
    await untilAnswered(() => store.head());
    const again = await store.append(stream, 1, events);

    expect(lost).toBeInstanceOf(EventStoreUnavailableError);
    expect(again.events.map(({ version }) => version)).toEqual([2, 3]);
    expect(await store.readStream(stream)).toHaveLength(3);
  });

  test('a subscription goes on after drops: nothing is lost, nothing comes twice', async () => {
    const double = await context.double();
    const proxy = await context.proxied(double);
    const namespace = 'drops-';
    const reader = context.open(proxy.url, { namespace, callTimeoutMs: 1_000 });
    const writer = context.open(double.url, { namespace });
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
    expect(subscriber.errors[0]).toBeInstanceOf(EventStoreUnavailableError);
    await subscriber.subscription.stop();
  });

  test('hears of events of another process by the live subscription, long before it would look', async () => {
    const double = await context.double();
    const options = { namespace: 'live-', pollIntervalMs: 600_000, idleIntervalMsMax: 600_000 };
    const proxy = await context.proxied(double);
    const reader = context.open(proxy.url, options);
    const writer = context.open(double.url, options);
    const subscriber = new Subscriber(reader, { from: 'end' });
    await subscriber.subscription.started;

    await writer.append(aStream(scope), 'no-stream', someEvents(1));
    await subscriber.untilCount(1);
    proxy.cut();
    await writer.append(aStream(scope), 'no-stream', someEvents(1));

    await subscriber.untilCount(2);
    await subscriber.subscription.stop();
  });

  test('tells in words that it may not', async () => {
    const double = await context.double();
    const store = context.open(double.url.replace('://', '://cairn:secret@'));
    double.fault = () => refusals.accessDenied();

    for (const error of [
      await outcomeOf(store.head()),
      await outcomeOf(store.append(aStream(scope), 'no-stream', someEvents(1))),
    ]) {
      expect(error).toBeInstanceOf(EventStoreAccessDeniedError);
      expect(error).toMatchObject({ message: expect.stringContaining('user of the connection string') });
      expect(String(error)).not.toContain('secret');
    }
  });

  test('an append that the server does not take for its size is too large, and the next one goes through', async () => {
    const store = context.open((await context.double()).url);
    const stream = aStream(scope);
    const large = Array.from({ length: 3 }, () => anEvent({ data: 'x'.repeat(500_000) }));

    const error = await outcomeOf(store.append(stream, 'no-stream', large));

    expect(error).toBeInstanceOf(InvalidAppendError);
    expect(error).toMatchObject({ tooLarge: true });
    await expect(store.append(stream, 'no-stream', large.slice(0, 1))).resolves.toMatchObject({ version: 1 });
  });

  test('asks the leader, always', async () => {
    const double = await context.double();
    const asked = new Set<unknown>();
    double.fault = (call, headers) => {
      if (call !== 'subscribe') headers.get('requires-leader').forEach((value) => asked.add(value));
      return headers.get('requires-leader').length > 0 || call === 'subscribe' ? undefined : refusals.rawUnavailable();
    };
    const store = context.open(double.url);
    await store.append(aStream(scope), 'no-stream', someEvents(1));
    await store.readAll();
    expect([...asked]).toEqual(['true']);
  });

  test('takes the stream as it is when the server is told of a double by its ids alone', async () => {
    const double = await context.double();
    const options = { namespace: 'doubles-' };
    const [one, other] = [context.open(double.url, options), context.open(double.url, options)];
    const stream = aStream(scope);
    const event = anEvent();
    // Both know that there is no such stream; the server takes the second one for a repetition of the first.
    await Promise.all([one.readStream(stream), other.readStream(stream)]);

    const answers = await Promise.all([
      outcomeOf(one.append(stream, 'no-stream', [event])),
      outcomeOf(other.append(stream, 'no-stream', [{ ...event, data: { other: 'content' } }])),
    ]);

    expect(answers.filter((answer) => answer === 'answered')).toHaveLength(1);
    expect(answers.find((answer) => answer !== 'answered')).toMatchObject({ name: 'EventIdConflictError' });
    expect(await one.readStream(stream)).toHaveLength(1);
  });

  test('knows the actual version of a stream that another process wrote', async () => {
    const double = await context.double();
    const options = { namespace: 'actual-' };
    const [one, other] = [context.open(double.url, options), context.open(double.url, options)];
    const stream = aStream(scope);
    await one.append(stream, 'no-stream', someEvents(1));
    await other.append(stream, 1, someEvents(4));

    const error = await outcomeOf(one.append(stream, 1, someEvents(1)));

    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ expected: 1, actual: 5 });
  });

  test('does not let one store that loses its server fail the appends of another', async () => {
    const [lost, kept] = [await context.double(), await context.double()];
    const [losing, keeping] = [context.open(lost.url, { callTimeoutMs: 1_000 }), context.open(kept.url)];
    await Promise.all([losing.head(), keeping.head()]);

    const outcomes = Array.from({ length: 20 }, () => outcomeOf(keeping.append(aStream(scope), 'no-stream', someEvents(1))));
    const failing = Array.from({ length: 20 }, () => outcomeOf(losing.append(aStream(scope), 'no-stream', someEvents(1))));
    lost.kill();

    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['answered']));
    await Promise.all(failing);
  });
});

const untilAnswered = async (call: () => Promise<unknown>): Promise<void> => {
  let answered = false;
  const asking = (async () => {
    while (!answered) answered = (await outcomeOf(call())) === 'answered';
  })();
  await until('the engine answers again', () => answered);
  await asking;
};
