import { describe, expect, test } from '@jest/globals';

import { EventStoreUnavailableError, InvalidAppendError } from '../../errors.js';
import { aStream, anEvent, gate, outcomeOf, someEvents, Subscriber } from '../../testing/index.js';
import { PostgresRecords, scope } from '../../testing/postgres-records.js';
import { verifyPostgresEventStore } from '../verify-postgres-event-store.js';
import type { NewStream } from './import-chunks.js';
import { chunkLimits } from './import-chunks.js';

const records = new PostgresRecords();

const someStreams = (count: number, events = 10): readonly NewStream[] =>
  Array.from({ length: count }, () => ({ stream: aStream(scope), events: someEvents(events) }));

const eventsOf = (streams: readonly NewStream[]): number => streams.reduce((sum, { events }) => sum + events.length, 0);
const ofTwoChunks = chunkLimits.eventsMax / 10 + 100;

describe('an import of streams', () => {
  test('stores what appends would have stored, byte for byte, and the streams go on', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const odd = anEvent({
      data: { 'a\tb\\': 'line\nline\r\\N \\. "quoted"', 'ß': ['学校', '🏫', null, -0.5, 1e21, {}, []] },
      actor: 'Renée \\ O"Neil',
      onBehalfOf: '校長',
      causationId: 'c',
      commandKey: 'k',
      commandDigest: 'd',
    });
    const streams: readonly NewStream[] = [
      { stream: aStream(scope, 'Zürich\\学校'), events: [odd, anEvent({ data: 'x'.repeat(900_000) })] },
      ...someStreams(20),
    ];

    const result = await store.importStreams(streams);

    expect(result).toEqual({ streams: 21, events: 202, found: 0, position: '202' });
    for (const { stream, events } of streams) {
      const stored = await store.readStream(stream);
      expect(stored.map(({ version, recordedAt }) => [version, recordedAt])).toEqual(
        events.map((_, index) => [index + 1, '2025-10-01T05:00:00.000Z']),
      );
      expect(stored).toMatchObject(events);
      await expect(store.append(stream, events.length, [anEvent()])).resolves.toMatchObject({ version: events.length + 1 });
    }
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 223, streams: 21, breakCount: 0 });
  });

  test('made again finds what is there, however it is cut, also after later events and beside new streams', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const streams = someStreams(ofTwoChunks);
    await store.importStreams(streams.slice(0, 250));
    await store.append(streams[3]?.stream ?? '', 10, [anEvent()]);
    const appended = streams.at(-1);
    await store.append(appended?.stream ?? '', 'no-stream', appended?.events ?? []);

    const rest = await store.importStreams(streams);
    const again = await open().importStreams([...streams, ...streams.slice(0, 1)]);

    expect(rest).toEqual({ streams: ofTwoChunks, events: ofTwoChunks * 10, found: 2_510, position: String(ofTwoChunks * 10 + 1) });
    expect(again).toMatchObject({ streams: ofTwoChunks + 1, found: ofTwoChunks * 10 + 10, position: rest.position });
    const events = ofTwoChunks * 10 + 1;
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events, breakCount: 0 });
  });

  test('of a stream that is there with something else is refused, with all of its chunk, and the first is named', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const streams = someStreams(ofTwoChunks);
    const second = streams.slice(chunkLimits.eventsMax / 10);
    for (const { stream } of [second[40], second[7]].filter((found) => found !== undefined)) {
      await store.append(stream, 'no-stream', someEvents(3));
    }

    const error = await outcomeOf(store.importStreams(streams));

    expect(error).toMatchObject({ name: 'WrongExpectedVersionError', stream: second[7]?.stream, expected: 'no-stream', actual: 3 });
    for (const { stream } of second.slice(0, 7)) expect(await store.readStream(stream)).toEqual([]);
    // The chunk before it stays.
    expect(await store.head()).toBe(String(chunkLimits.eventsMax + 6));
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ breakCount: 0 });
  });

  test('of an id that is there with other content is refused', async () => {
    const store = (await records.create()).open();
    const [given] = someStreams(1);
    if (!given) throw new Error('a stream');
    await store.importStreams([given]);
    const changed = given.events.map((event, index) => (index === 4 ? { ...event, actor: 'somebody else' } : event));

    const error = await outcomeOf(store.importStreams([...someStreams(3), { ...given, events: changed }]));

    expect(error).toMatchObject({ name: 'EventIdConflictError', stream: given.stream, eventId: given.events[4]?.id });
    expect(await store.head()).toBe('10');
  });

  test.each<[string, Partial<NewStream>]>([
    ['without events', { events: [] }],
    ['of another scope', { stream: 'other.cairn-1' }],
    ['with more events than an append may have', { events: someEvents(501) }],
    ['with an event that is too large', { events: [anEvent({ data: 'x'.repeat(1_000_000) })] }],
    ['with an id twice', { events: Array.from({ length: 2 }, () => anEvent({ id: '018f3c1e-7a10-7cc0-8000-000000000001' })) }],
    ['with data that is no JSON', { events: [anEvent({ data: Number.NaN })] }],
  ])('of a stream %s is refused, with all of its chunk', async (_, bad) => {
    const store = (await records.create()).open();
    const [first, ...others] = someStreams(5);
    const error = await outcomeOf(store.importStreams([...others, { stream: aStream(scope), events: first?.events ?? [], ...bad }]));
    expect(error).toBeInstanceOf(InvalidAppendError);
    expect(await store.head()).toBe('0');
  });

  test('that the database refuses gives its positions back, and the store goes on', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    await records.sql(`ALTER TABLE ${schema}.es_event ADD CONSTRAINT no_rock CHECK (type <> 'Rock')`);
    const rock: NewStream = { stream: aStream(scope), events: [anEvent({ type: 'Rock' })] };

    expect(await outcomeOf(store.importStreams([...someStreams(400), rock]))).toMatchObject({ code: '23514' });

    expect(await store.importStreams(someStreams(1))).toMatchObject({ position: '10' });
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 10, breakCount: 0 });
  });

  test('wakes subscriptions that would have slept', async () => {
    const store = (await records.create()).open({ pollIntervalMs: 3_600_000, idleIntervalMsMax: 3_600_000 });
    const subscriber = new Subscriber(store);
    await subscriber.subscription.started;
    // The second finds it asleep: it has looked behind the first, and looks again in an hour.
    for (const count of [30, 60, 90]) {
      await store.importStreams(someStreams(3));
      await subscriber.untilCount(count);
    }
  });

  test('reads on while it stores, and closes its source when it is refused', async () => {
    const store = (await records.create()).open();
    const { passed, open } = gate();
    let closed = false;
    async function* source(): AsyncGenerator<NewStream> {
      try {
        yield* someStreams(ofTwoChunks);
        await passed;
        yield { stream: 'other.cairn-1', events: someEvents(1) };
        yield* someStreams(1);
      } finally {
        closed = true;
      }
    }
    const subscriber = new Subscriber(store);
    const imported = outcomeOf(store.importStreams(source()));
    await subscriber.untilCount(chunkLimits.eventsMax);
    open();
    expect(await imported).toBeInstanceOf(InvalidAppendError);
    expect(closed).toBe(true);
    expect(await store.head()).toBe(String(chunkLimits.eventsMax));
  });

  test('into a store that closes ends after a chunk', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    const streams = someStreams(ofTwoChunks * 3);
    const subscriber = new Subscriber(open());
    const imported = outcomeOf(store.importStreams(streams));
    await subscriber.untilCount(1);

    await store.close();

    expect(await imported).toBeInstanceOf(EventStoreUnavailableError);
    const { events, breakCount } = await verifyPostgresEventStore({ connection: url, schema });
    expect([events % chunkLimits.eventsMax, breakCount]).toEqual([0, 0]);
    expect(await open().importStreams(streams)).toMatchObject({ events: eventsOf(streams), found: events });
  });
});
