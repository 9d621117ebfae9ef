import { describe, expect, test } from '@jest/globals';

import { DamagedEventError } from '../errors.js';
import { anEvent, someEvents } from '../testing/index.js';
import { PostgresRecords } from '../testing/postgres-records.js';
import { verifyStore } from '../verify-store.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import { verifyPostgresEventStore } from './verify-postgres-event-store.js';

const records = new PostgresRecords();

interface Written {
  readonly schema: string;
  readonly store: PostgresEventStore;
  verify(): ReturnType<typeof verifyPostgresEventStore>;
}

/** Positions 1-3 and 6 in stream a, 4-5 in stream b. */
const written = async (): Promise<Written> => {
  const { schema, url, open } = await records.create();
  const store = open();
  await store.append('records.cairn-a', 'no-stream', someEvents(3, { data: { school: 'Glencliff', stones: 10 } }));
  await store.append('records.cairn-b', 'no-stream', someEvents(2, { onBehalfOf: 'principal-1' }));
  await store.append('records.cairn-a', 3, [anEvent()]);
  return { schema, store, verify: () => verifyPostgresEventStore({ connection: url, schema }) };
};

/** What a superuser did to event 2 of stream a, past the guard. */
const changes: readonly (readonly [string, string])[] = [
  ['one digit of the data', `data = replace(data::text, '10', '11')::json`],
  ['a space in the data', `data = replace(data::text, ':', ': ')::json`],
  ['a second member of the same name', `data = replace(data::text, '{', '{"stones":9,')::json`],
  ['an escape that means the same', `data = replace(data::text, 'G', '\\u0047')::json`],
  ['the actor', `meta = replace(meta::text, 'operator-1', 'operator-2')::json`],
  ['a space in the envelope', `meta = replace(meta::text, ':', ': ')::json`],
  ['a member added to the envelope', `meta = replace(meta::text, '{', '{"by":"x",')::json`],
  ['the type', `type = 'StoneTaken'`],
  ['the schema version', 'schema_version = 2'],
  ['the id', `event_id = '00000000-0000-4000-8000-000000000000'`],
  ['when it was true', `occurred_at = occurred_at + interval '1 ms'`],
  ['when it was true, by a microsecond', `occurred_at = occurred_at + interval '1 us'`],
  ['when it was true, for ever', `occurred_at = 'infinity'`],
  ['when we learnt it', `recorded_at = recorded_at + interval '1 s'`],
];

describe('the verification of a PostgreSQL record', () => {
  test('finds nothing in a record that is as it was written, and tells how far it is', async () => {
    const { schema, store, verify } = await written();
    const progress: unknown[] = [];

    expect(await verify()).toEqual({ events: 6, streams: 2, breaks: [], breakCount: 0 });
    await verifyPostgresEventStore({ connection: records.url, schema, onProgress: (at) => progress.push(at) });
    expect(progress.at(-1)).toEqual({ events: 6, ofEvents: 6 });
    expect((await verifyStore(store)).breaks).toEqual([]);
  });

  test('finds nothing in an empty record', async () => {
    const { schema, url } = await records.create();
    expect((await verifyPostgresEventStore({ connection: url, schema })).breaks).toEqual([]);
  });

  test('finds nothing wrong while others write', async () => {
    const { schema, url, open } = await records.create();
    const store = open();
    let writing = true;
    const write = async (stream: string): Promise<void> => {
      for (let version = 0; writing; version += 2) await store.append(stream, version || 'no-stream', someEvents(2));
    };
    const writers = [1, 2, 3, 4].map((number) => write(`records.cairn-${number}`));
    for (let round = 0; round < 5; round += 1) {
      expect((await verifyPostgresEventStore({ connection: url, schema })).breaks).toEqual([]);
    }
    writing = false;
    await Promise.all(writers);
  });

  test.each(changes)('names stream and version after a superuser changed %s', async (_, change) => {
    const { schema, verify } = await written();
    await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET ${change} WHERE pos = 2`);

    const { breaks, events } = await verify();

    expect(breaks[0]).toMatchObject({ stream: 'records.cairn-a', version: 2, position: '2' });
    expect(new Set(breaks.map(({ stream }) => stream))).toEqual(new Set(['records.cairn-a']));
    expect(events).toBe(6);
  });

  test('names every single byte of the data that is changed to another digit or letter', async () => {
    const { schema, store, verify } = await written();
    const text = '{"school":"Glencliff","stones":10}';
    expect((await store.readStream('records.cairn-a', { from: 2, limit: 1 }))[0]?.data).toEqual(JSON.parse(text));
    for (let at = 0; at < text.length; at += 1) {
      if (!/[a-z0-9]/i.test(text.charAt(at))) continue;
      const changed = text.slice(0, at) + (text.charAt(at) === '7' ? '8' : '7') + text.slice(at + 1);
      await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET data = '${changed}' WHERE pos = 2`);
      expect((await verify()).breaks).toMatchObject([{ kind: 'hash', stream: 'records.cairn-a', version: 2 }]);
    }
    await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET data = '${text}' WHERE pos = 2`);
    expect((await verify()).breaks).toEqual([]);
  });

  test('names the changed hash, and the event after it that was linked to it', async () => {
    const { schema, verify } = await written();
    await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET hash = set_byte(hash, 5, 0) WHERE pos = 2`);
    expect((await verify()).breaks).toMatchObject([{ kind: 'hash', version: 2 }, { kind: 'hash', version: 3 }]);
  });

  test('reports text that is not JSON any more, and goes on', async () => {
    const { schema, store, verify } = await written();
    await records.pastTheGuard(schema, `ALTER TABLE ${schema}.es_event ALTER data TYPE text`);
    await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET data = '{"school' WHERE pos IN (2, 5)`);

    const breaks = [
      { kind: 'unreadable', stream: 'records.cairn-a', version: 2, position: '2' },
      { kind: 'unreadable', stream: 'records.cairn-b', version: 2, position: '5' },
    ];
    expect(await verify()).toMatchObject({ events: 6, breaks });
    expect(await verifyStore(store)).toMatchObject({ events: 6, breaks });
    await expect(store.readStream('records.cairn-a')).rejects.toBeInstanceOf(DamagedEventError);
    await expect(store.readStream('records.cairn-a', { from: 3 })).resolves.toHaveLength(2);
  });

  test('names the position that the server itself cannot read, and looks at all the others', async () => {
    const { schema, verify } = await written();
    // A broken page makes the server refuse a row in this way: each statement that touches it fails.
    await records.sql(`ALTER TABLE ${schema}.es_event RENAME TO es_event_kept`);
    await records.sql(`CREATE VIEW ${schema}.es_event AS
      SELECT pos, stream_id, version + 0 / (pos - 2) AS version, event_id, type, schema_version, data, meta,
        occurred_at, recorded_at, hash
      FROM ${schema}.es_event_kept`);

    expect(await verify()).toMatchObject({
      events: 5,
      breaks: [
        { kind: 'unreadable', position: '2', detail: expect.stringContaining('division by zero') },
        { kind: 'version', stream: 'records.cairn-a', version: 2 },
      ],
    });
  });

  test('names an event that was removed from the middle', async () => {
    const { schema, verify } = await written();
    await records.pastTheGuard(schema, `DELETE FROM ${schema}.es_event WHERE pos = 2`);
    expect((await verify()).breaks).toMatchObject([
      { kind: 'position', position: '2' },
      { kind: 'version', stream: 'records.cairn-a', version: 2 },
    ]);
  });

  test('names the last event that was removed, of a stream and of the whole record', async () => {
    const { schema, verify } = await written();
    await records.pastTheGuard(schema, `DELETE FROM ${schema}.es_event WHERE pos >= 5`);
    expect((await verify()).breaks).toMatchObject([
      { kind: 'position', position: '5', detail: 'positions 5 to 6 are missing' },
      { kind: 'stream-head', stream: 'records.cairn-a', version: 4 },
      { kind: 'stream-head', stream: 'records.cairn-b', version: 2 },
    ]);
  });

  test('names all streams when every event was removed', async () => {
    const { schema, verify } = await written();
    await records.pastTheGuard(schema, `TRUNCATE ${schema}.es_event`);
    expect((await verify()).breaks).toMatchObject([
      { kind: 'position', position: '1', detail: 'positions 1 to 6 are missing' },
      { kind: 'stream-head', stream: 'records.cairn-a' },
      { kind: 'stream-head', stream: 'records.cairn-b' },
    ]);
  });

  test.each([
    ['version', 'version = 3'],
    ['hash', `head_hash = '\\x00'`],
    ['time', `recorded_at = 'infinity'`],
    ['time', `recorded_at = recorded_at + interval '1 h'`],
  ])('names a stream whose head row has another %s', async (_, change) => {
    const { schema, verify } = await written();
    await records.sql(`UPDATE ${schema}.es_stream SET ${change} WHERE stream_id = 'records.cairn-a'`);
    expect((await verify()).breaks).toMatchObject([{ kind: 'stream-head', stream: 'records.cairn-a' }]);
  });

  test('names a stream without a head row, and a head row without a stream', async () => {
    const { schema, verify } = await written();
    const rename = `SET stream_id = 'records.cairn-c' WHERE stream_id = 'records.cairn-b'`;
    await records.sql(`UPDATE ${schema}.es_stream ${rename}`);
    expect((await verify()).breaks).toMatchObject([
      { kind: 'stream-head', stream: 'records.cairn-c', version: 2 },
      { kind: 'stream-head', stream: 'records.cairn-b', version: 2 },
    ]);
  });

  test.each([
    ['too low', 'UPDATE', 'SET pos = 5', [{ kind: 'store-head', position: '5' }]],
    ['too high', 'UPDATE', 'SET pos = 7', [{ kind: 'position', position: '7' }]],
    ['missing', 'DELETE FROM', '', [{ kind: 'store-head' }]],
  ])('reports a head position that is %s', async (_, verb, change, breaks) => {
    const { schema, verify } = await written();
    await records.sql(`${verb} ${schema}.es_head ${change}`);
    expect((await verify()).breaks).toMatchObject(breaks);
  });

  test('reports events at positions that nobody gave, however far away', async () => {
    const { schema, verify } = await written();
    await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET pos = 900000000000000 WHERE pos = 6`);
    await records.pastTheGuard(schema, `UPDATE ${schema}.es_event SET pos = 0 WHERE pos = 4`);
    const { breaks, events } = await verify();
    expect(events).toBe(6);
    expect(breaks.map(({ kind, position }) => [kind, position])).toEqual([
      ['position', '0'],
      ['store-head', '6'],
      ['position', '4'],
      ['position', '6'],
    ]);
  });
});
