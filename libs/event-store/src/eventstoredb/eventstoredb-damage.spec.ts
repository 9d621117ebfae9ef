import { randomUUID } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { DamagedEventError } from '../errors.js';
import { aStream, outcomeOf, someEvents, Subscriber, until } from '../testing/index.js';
import { verifyStore } from '../verify-store.js';
import type { EventStoreDb } from './event-store-db.js';
import { DoubleContext, scope } from './testing/double-context.js';
import type { DoubleLog } from './testing/eventstoredb-double/double-log.js';

const context = new DoubleContext();
const namespace = 'damage-';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));

/** What another program would write. */
const foreign = (log: DoubleLog, stream: string, metadata = ''): void => {
  const event = { id: randomUUID(), type: 'SomethingElse', contentType: 'application/json' };
  log.append(stream, 'any', [{ ...event, data: text('{}'), metadata: text(metadata) }]);
};

const filled = async (): Promise<{ store: EventStoreDb; log: DoubleLog; stream: string; url: string }> => {
  const double = await context.double();
  const store = context.open(double.url, { namespace });
  const stream = aStream(scope);
  await store.append(stream, 'no-stream', someEvents(3));
  return { store, log: double.log, stream, url: double.url };
};

describe('what is not ours in EventStoreDB', () => {
  test.each([
    ['without an envelope', ''],
    ['with an envelope that is no JSON', '{'],
    ['with an envelope of something else', '{"$correlationId":"1"}'],
  ])('an event %s in one of our streams is named, and the rest is still looked at', async (_, metadata) => {
    const { store, log, stream } = await filled();
    foreign(log, `${namespace}${stream}`, metadata);
    const after = await store.append(aStream(scope), 'no-stream', someEvents(1));

    for (const reading of [store.readStream(stream), store.readAll(), store.readStream(stream, { direction: 'backwards' })]) {
      const error = await outcomeOf(reading);
      expect(error).toBeInstanceOf(DamagedEventError);
      expect(error).toMatchObject({ stream, version: 4 });
    }
    expect(await outcomeOf(store.append(stream, 3, someEvents(1)))).toBeInstanceOf(DamagedEventError);
    const verification = await verifyStore(store);
    expect(verification).toMatchObject({ events: 5, breakCount: 1, breaks: [{ kind: 'unreadable', stream, version: 4 }] });
    expect(store.compare(await store.head(), after.position)).toBe(0);
  });

  test('an event that was copied behind itself is named', async () => {
    const { store, log, stream } = await filled();
    const last = log.events.at(-1);
    foreign(log, `${namespace}${stream}`, Buffer.from(last?.metadata ?? []).toString('utf8'));

    const error = await outcomeOf(store.readAll());

    expect(error).toMatchObject({ name: 'DamagedEventError', stream, version: 4, damage: 'it was written as version 3' });
  });

  test('a subscription stops before it and says so, again and again', async () => {
    const { store, log, stream } = await filled();
    const subscriber = new Subscriber(store);
    await subscriber.untilCount(3);
    foreign(log, `${namespace}${scope}.cairn-foreign`);
    await store.append(stream, 3, someEvents(1));

    await until('the damage reported', () => subscriber.errors.some((error) => error instanceof DamagedEventError));

    expect(subscriber.events).toHaveLength(3);
    await subscriber.subscription.stop();
  });

  test('events of others beside ours are none of our business', async () => {
    const { store, log } = await filled();
    foreign(log, 'somebody-elses');
    foreign(log, `${scope}.cairn-in-another-namespace`);
    foreign(log, `${namespace}${scope}-2.cairn-1`);

    expect((await store.readAll()).events).toHaveLength(3);
    expect(await verifyStore(store)).toMatchObject({ events: 3, breakCount: 0 });
  });

  test('a deleted stream is damage, not a stream that never was', async () => {
    const { store, log, stream, url } = await filled();
    log.softDelete(`${namespace}${stream}`);

    for (const call of [store.readStream(stream), store.readStream(stream, { direction: 'backwards' })]) {
      expect(await outcomeOf(call)).toMatchObject({ name: 'DamagedEventError', stream });
    }
    const blind = context.open(url, { namespace });
    expect(await outcomeOf(blind.append(stream, 'no-stream', someEvents(1)))).toMatchObject({ name: 'DamagedEventError' });
    expect(log.stream(`${namespace}${stream}`)).toBeUndefined();
  });

  test('a deleted stream that was begun again lacks its beginning', async () => {
    const { store, log, stream } = await filled();
    const last = JSON.parse(Buffer.from(log.events.at(-1)?.metadata ?? []).toString('utf8')) as object;
    log.softDelete(`${namespace}${stream}`);
    foreign(log, `${namespace}${stream}`, JSON.stringify({ ...last, version: 4 }));

    for (const reading of [store.readStream(stream), store.readStream(stream, { direction: 'backwards' })]) {
      const error = await outcomeOf(reading);
      expect(error).toMatchObject({ name: 'DamagedEventError', stream, version: 4 });
      expect(String(error)).toContain('version 1 was to come here');
    }
  });

  test('a tombstoned stream is damage for readers and writers', async () => {
    const { store, log, stream } = await filled();
    log.tombstone(`${namespace}${stream}`);

    for (const call of [store.readStream(stream), store.append(stream, 3, someEvents(1)), store.readAll()]) {
      const error = await outcomeOf(call);
      expect(error).toMatchObject({ name: 'DamagedEventError', stream });
      expect(String(error)).toContain('tombstoned');
    }
    const verification = await verifyStore(store);
    expect(verification.breaks.map(({ kind }) => kind)).toContain('unreadable');
  });
});
