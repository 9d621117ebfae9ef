import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AllStreamResolvedEvent, EventStoreDBClient } from '@eventstore/db-client';
import { ANY, binaryEvent, END, jsonEvent, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client';

import { outcomeOf, until } from '../../../testing/index.js';
import type { OpenedClient } from '../../client/client-internals.js';
import { openClient } from '../../client/client-internals.js';
import { EventStoreDbCalls } from '../../client/eventstoredb-calls.js';
import { EventStoreDbDouble } from './eventstoredb-double.js';

/** What a live EventStoreDB 23.10 was seen to do through this client, and the double must do too. */
describe('the double of EventStoreDB, through the commands of its client', () => {
  let double: EventStoreDbDouble;
  let opened: OpenedClient;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    double = await EventStoreDbDouble.start();
    opened = openClient(double.url);
    client = opened.client;
  });
  afterEach(async () => {
    await new EventStoreDbCalls(opened, 1_000).close();
    double.kill();
  });

  const stone = (data: object = { stones: 1 }) => jsonEvent({ type: 'StoneLaid', data: { ...data }, id: randomUUID() });
  const named = (): string => `cairn-${randomUUID()}`;
  const contentOf = async (stream: string): Promise<unknown[]> => {
    const data: unknown[] = [];
    for await (const { event } of client.readStream(stream)) data.push(event?.data);
    return data;
  };

  test('of 10 racing appends to a new stream one wins; revisions and positions are bigint', async () => {
    const stream = named();
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => client.appendToStream(stream, stone(), { expectedRevision: NO_STREAM })),
    );
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    expect(won).toEqual([expect.objectContaining({ success: true, nextExpectedRevision: 0n })]);
    expect(typeof won[0]?.position?.commit).toBe('bigint');
  });

  test('an empty append is told to have gone well', async () => {
    const answer = await client.appendToStream(named(), [], { expectedRevision: NO_STREAM });
    expect(answer).toMatchObject({ success: true, nextExpectedRevision: 0n });
  });

  test('a wrong revision has a type, no message, and the actual one', async () => {
    const stream = named();
    await client.appendToStream(stream, [stone(), stone()], { expectedRevision: NO_STREAM });
    const wrong = await outcomeOf(client.appendToStream(stream, stone(), { expectedRevision: 0n }));
    const missing = await outcomeOf(client.appendToStream(named(), stone(), { expectedRevision: 5n }));
    expect(wrong).toMatchObject({ type: 'wrong-expected-version', message: '', expectedVersion: 0n, actualVersion: 1n });
    expect(missing).toMatchObject({ type: 'wrong-expected-version', actualVersion: 'no_stream' });
  });

  test('an event of 2 MB is too large', async () => {
    const large = binaryEvent({ type: 'Large', data: new Uint8Array(2_000_000) });
    const error = await outcomeOf(client.appendToStream(named(), large));
    expect(error).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1_048_576 });
  });

  test('the same ids at the same revision are answered as the first time, whatever is in them, also after a restart', async () => {
    const stream = named();
    const [one, two] = [stone(), stone()];
    const first = await client.appendToStream(stream, [one, two], { expectedRevision: NO_STREAM });
    double.kill();
    await double.restart();

    const again = await untilAnswered(() => client.appendToStream(stream, [one, two], { expectedRevision: NO_STREAM }));
    const other = { ...one, data: { stones: 99 } };
    const prefix = await client.appendToStream(stream, [other], { expectedRevision: NO_STREAM });
    const superset = await outcomeOf(client.appendToStream(stream, [one, two, stone()], { expectedRevision: NO_STREAM }));

    expect(again).toMatchObject({ nextExpectedRevision: first.nextExpectedRevision, position: first.position });
    expect(prefix).toMatchObject({ success: true, nextExpectedRevision: 0n });
    expect(superset).toMatchObject({ type: 'wrong-expected-version' });
    expect(await contentOf(stream)).toEqual([{ stones: 1 }, { stones: 1 }]);
  });

  test('the same id at the current revision, or at any after a restart, is stored a second time', async () => {
    const [current, any] = [named(), named()];
    const event = stone();
    await client.appendToStream(current, event, { expectedRevision: NO_STREAM });
    await client.appendToStream(current, event, { expectedRevision: 0n });
    await client.appendToStream(any, event, { expectedRevision: ANY });
    await client.appendToStream(any, event, { expectedRevision: ANY });
    expect(await contentOf(current)).toHaveLength(2);
    expect(await contentOf(any)).toHaveLength(1);
    double.kill();
    await double.restart();
    await untilAnswered(() => client.appendToStream(any, event, { expectedRevision: ANY }));
    expect(await contentOf(any)).toHaveLength(2);
  });

  test('a missing stream is not found; past the end is nothing', async () => {
    const stream = named();
    await client.appendToStream(stream, stone());
    expect(await outcomeOf(contentOf(named()))).toMatchObject({ type: 'stream-not-found' });
    const past = [];
    for await (const event of client.readStream(stream, { fromRevision: 7n })) past.push(event);
    expect(past).toEqual([]);
  });

  test('events of a stream have the positions that they have among all', async () => {
    const stream = named();
    await client.appendToStream(stream, [stone(), stone()]);
    const [inStream, inAll]: bigint[][] = [[], []];
    for await (const { commitPosition } of client.readStream(stream)) inStream?.push(commitPosition ?? 0n);
    for await (const { event, commitPosition } of client.readAll({ direction: 'forwards', fromPosition: START })) {
      if (event?.streamId === stream) inAll?.push(commitPosition ?? 0n);
    }
    expect(inStream).toHaveLength(2);
    expect(inAll).toEqual(inStream);
  });

  test('a filtered subscription catches up behind its position, says so, and goes on live', async () => {
    const prefix = named();
    const first = await client.appendToStream(`${prefix}.a`, [stone(), stone()]);
    const seen: AllStreamResolvedEvent[] = [];
    let caughtUpAfter: number | undefined;
    const { position } = first;
    const options = { filter: streamNameFilter({ prefixes: [`${prefix}.`] }) };
    const subscription = client.subscribeToAll({ ...options, fromPosition: position ?? END });
    subscription.on('data', (event) => seen.push(event)).on('caughtUp', () => (caughtUpAfter = seen.length));
    await until('caught up', () => caughtUpAfter !== undefined);

    await client.appendToStream('somebody-else', stone());
    await client.appendToStream(`${prefix}.b`, stone());
    await until('the live event', () => seen.length > 0);

    expect(caughtUpAfter).toBe(0);
    expect(seen.map(({ event }) => event?.streamId)).toEqual([`${prefix}.b`]);
    await subscription.unsubscribe();
  });

  test('a server that goes away ends a subscription with one error and no end', async () => {
    const heard: string[] = [];
    const subscription = client.subscribeToAll({ fromPosition: START });
    subscription.on('data', () => undefined);
    subscription.on('error', (error) => heard.push(String('type' in error && error.type))).on('end', () => heard.push('end'));
    await until('confirmed', () => subscription.id !== undefined);
    double.kill();
    await until('the drop', () => heard.length > 0);
    expect(heard).toEqual(['unavailable']);
  });

  test('revisions go on after a soft delete; a tombstone is told to readers and writers', async () => {
    const stream = named();
    await client.appendToStream(stream, [stone(), stone()]);
    await client.deleteStream(stream);
    expect(await outcomeOf(contentOf(stream))).toMatchObject({ type: 'stream-not-found' });
    expect((await client.getStreamMetadata(stream)).metadata).toHaveProperty('truncateBefore');
    const again = await client.appendToStream(stream, stone(), { expectedRevision: NO_STREAM });
    expect(again.nextExpectedRevision).toBe(2n);
    expect(await contentOf(stream)).toHaveLength(1);

    await client.tombstoneStream(stream);
    expect(await outcomeOf(contentOf(stream))).toMatchObject({ type: 'stream-deleted' });
    expect(await outcomeOf(client.appendToStream(stream, stone()))).toMatchObject({ type: 'stream-deleted' });
  });
});

const untilAnswered = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
  const from = performance.now();
  for (;;) {
    const answer = await call().catch((error: unknown) => {
      if (performance.now() - from > 15_000) throw error;
      return undefined;
    });
    if (answer !== undefined) return answer;
  }
};
