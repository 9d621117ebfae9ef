import { randomUUID } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { EventStoreUnavailableError } from '../../errors.js';
import type { RecordedEvent } from '../../event.js';
import type { EventStore } from '../../event-store.js';
import { aStream, anEvent, outcomeOf, someEvents, Subscriber } from '../../testing/index.js';
import { PostgresRecords, scope } from '../../testing/postgres-records.js';
import { verifyPostgresEventStore } from '../verify-postgres-event-store.js';
import type { NewStream } from './import-chunks.js';

const records = new PostgresRecords();

const someStreams = (count: number): readonly NewStream[] =>
  Array.from({ length: count }, () => ({ stream: aStream(scope), events: someEvents(10) }));

/** Reads page after page until `count` events were read, as a relay in another process does. */
const readUntil = async (store: EventStore, count: number): Promise<readonly RecordedEvent[]> => {
  const read: RecordedEvent[] = [];
  for (let after = '0'; read.length < count; ) {
    const page = await store.readAll({ after });
    read.push(...page.events);
    after = page.readUpTo;
  }
  return read;
};

describe('while streams are imported', () => {
  test('appends, other imports and readers go on: every position once, in order, and nothing is skipped', async () => {
    const { schema, url, open } = await records.create();
    const [one, other, appending] = [open(), open(), open()];
    const shared = someStreams(300);
    const count = 300 * 10 + 2 * 900 * 10 + 8 * 60;
    const subscriber = new Subscriber(open());
    const write = async (): Promise<void> => {
      const stream = aStream(scope);
      for (let version = 0; version < 60; version += 1) await appending.append(stream, version || 'no-stream', [anEvent()]);
    };

    const [left, right, polled] = await Promise.all([
      one.importStreams([...someStreams(900), ...shared]),
      other.importStreams([...shared.toReversed(), ...someStreams(900)]),
      readUntil(open(), count),
      ...Array.from({ length: 8 }, write),
    ]);

    expect([left.events, right.events, left.found + right.found]).toEqual([12_000, 12_000, 3_000]);
    const dense = Array.from({ length: count }, (_, index) => String(index + 1));
    expect(polled.map(({ position }) => position)).toEqual(dense);
    await subscriber.untilCount(count);
    expect(subscriber.events.map(({ position }) => position)).toEqual(dense);
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: count, breakCount: 0 });
  });

  test('the same streams may be appended: one of both wins, the other is told', async () => {
    const { schema, url, open } = await records.create();
    const [importing, appending] = [open(), open()];
    const streams = someStreams(1_500);
    const contested = streams[1_400]?.stream ?? '';

    const [imported, appended] = await Promise.all([
      outcomeOf(importing.importStreams(streams)),
      outcomeOf(appending.append(contested, 'no-stream', [anEvent()])),
    ]);

    const lost = expect.objectContaining({ name: 'WrongExpectedVersionError', stream: contested });
    expect([imported, appended].filter((outcome) => outcome === 'answered')).toHaveLength(1);
    expect([imported, appended].find((outcome) => outcome !== 'answered')).toEqual(lost);
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ breakCount: 0 });
  });

  test('its connections may be ended again and again: each chunk is there or not, and the import made again ends', async () => {
    const { schema, url, open } = await records.create();
    const name = `import ended under load ${schema}`;
    const store = open({ pool: { application_name: name } });
    const streams = someStreams(2_000);
    let importing = true;
    let killed = 0;
    const kill = async (): Promise<void> => {
      const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE $2`;
      while (importing) killed += (await records.sql(text, [name, killed % 2 === 0 ? 'COPY%' : '%es_stream%'])).length;
    };
    const killer = kill();
    const outcomes: unknown[] = [];
    for (let stored = false; !stored; ) {
      const outcome = await outcomeOf(store.importStreams(streams));
      if (killed >= 5) importing = false;
      if (outcome !== 'answered') outcomes.push(outcome);
      stored = outcome === 'answered' && killed >= 5;
    }
    await killer;

    expect(outcomes.length).toBeGreaterThan(0);
    for (const outcome of outcomes) expect(outcome).toBeInstanceOf(EventStoreUnavailableError);
    expect(await store.importStreams(streams)).toMatchObject({ events: 20_000, found: 20_000, position: '20000' });
    expect(await verifyPostgresEventStore({ connection: url, schema })).toMatchObject({ events: 20_000, breakCount: 0 });
  });
});

test('the role of a service imports, and has no more rights for it', async () => {
  const role = `cairn_test_${randomUUID().replaceAll('-', '')}`;
  await records.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  const { schema, url, open } = await records.create(role);
  const connectionString = Object.assign(new URL(url), { username: role, password: 'secret' }).toString();
  const store = open({ connectionString });
  const asService = new pg.Client({ connectionString });
  await asService.connect();
  try {
    expect(await store.importStreams(someStreams(2))).toMatchObject({ events: 20 });
    await expect(asService.query(`DELETE FROM ${schema}.es_event`)).rejects.toMatchObject({ code: '42501' });
    await expect(records.sql(`DELETE FROM ${schema}.es_event`)).rejects.toMatchObject({ code: '23001' });
  } finally {
    await asService.end();
    await store.close();
    await records.sql(`DROP OWNED BY ${role}`);
    await records.sql(`DROP ROLE ${role}`);
  }
});
