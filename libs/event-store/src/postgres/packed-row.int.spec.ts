import { describe, expect, test } from '@jest/globals';

import type { Json } from '../event.js';
import { anEvent, aStream } from '../testing/index.js';
import { PostgresRecords, scope } from '../testing/postgres-records.js';

const records = new PostgresRecords();

describe('events read as packed rows are those that are found one by one,', () => {
  test.each<readonly [string, Parameters<typeof anEvent>[0]]>([
    ['with every member of the envelope', { onBehalfOf: 'operator-2', causationId: 'b', commandKey: 'c', commandDigest: 'd' }],
    ['with other scripts and quotes', { actor: 'Ærø "東京" \\ 🪨', district: 'Ñ', type: 'Été' }],
    ['from the first day', { occurredAt: '0001-01-01T00:00:00.000Z' }],
    ['from the last day', { occurredAt: '9999-12-31T23:59:59.999Z' }],
    ['with data of every kind', { data: { text: '\u{1F}\u{1}\t"\\', list: [1.5, 0, 1e21, true, null, { a: '🪨' }] } as Json }],
    ['with data that the server compresses', { data: 'stone '.repeat(10_000) }],
  ])('%s', async (_, members) => {
    const { open } = await records.create();
    const store = open({ pool: { options: '-c TimeZone=Asia/Kathmandu -c DateStyle=German -c extra_float_digits=-5' } });
    const stream = `${aStream(scope)}-é東`;
    const events = [anEvent(), anEvent(members)];
    await store.append(stream, 'no-stream', events);

    const found = await Promise.all(events.map(({ id }) => store.findEvent(stream, id)));
    expect(found.map((event) => ({ ...event, ...events[Number(event?.version) - 1] }))).toEqual(found);
    expect(await store.readStream(stream)).toEqual(found);
    expect((await store.readAll()).events).toEqual(found);
  });
});
