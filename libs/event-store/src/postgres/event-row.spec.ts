import { describe, expect, test } from '@jest/globals';

import { DamagedEventError } from '../errors.js';
import { canonicalJson } from '../hash-chain.js';
import { anEvent } from '../testing/index.js';
import type { EventRow } from './event-row.js';
import { byteaOf, eventOf, metaText } from './event-row.js';

const full = anEvent({ onBehalfOf: 'é', causationId: 'b', commandKey: 'c', commandDigest: 'd"' });

const row = (columns: Partial<EventRow> = {}): EventRow => ({
  pos: '7',
  stream_id: 'scope.cairn-1',
  version: '3',
  event_id: full.id,
  type: full.type,
  schema_version: '1',
  data: '{"a":1}',
  meta: metaText(full),
  occurred_at: '1759240110.250000',
  recorded_at: '-62135596800.000000',
  hash: byteaOf('ab'.repeat(32)),
  ...columns,
});

describe('a row of events', () => {
  test('keeps the rest of the envelope as canonical JSON', () => {
    const { id, type, schemaVersion, occurredAt, data, ...meta } = full;
    expect([id, type, schemaVersion, occurredAt, data]).not.toContain(undefined);
    expect(metaText(full)).toBe(canonicalJson({ ...meta }));
    expect(metaText(anEvent())).toBe('{"actor":"operator-1","correlationId":"request-1","district":"mnps"}');
  });

  test('becomes the event that was written', () => {
    expect(eventOf(row())).toEqual({
      ...full,
      data: { a: 1 },
      occurredAt: '2025-09-30T13:48:30.250Z',
      recordedAt: '0001-01-01T00:00:00.000Z',
      stream: 'scope.cairn-1',
      version: 3,
      position: '7',
      hash: 'ab'.repeat(32),
    });
  });

  test.each<readonly [string, Partial<EventRow>]>([
    ['data', { data: '{"a":' }],
    ['meta', { meta: '' }],
    ['meta', { meta: 'null' }],
    ['meta', { meta: '{"actor":"a","correlationId":"c"}' }],
    ['meta', { meta: '{"actor":1,"correlationId":"c","district":"d"}' }],
    ['meta', { meta: '{"actor":"a","correlationId":"c","district":"d","id":"i"}' }],
    ['occurredAt', { occurred_at: 'Infinity' }],
    ['occurredAt', { occurred_at: '1759240110.250001' }],
    ['recordedAt', { recorded_at: '99999999999999.000000' }],
  ])('with damaged %s is named by stream, version and position', (_, columns) => {
    const place = { stream: 'scope.cairn-1', version: 3, position: '7', hash: 'ab'.repeat(32) };
    expect(() => eventOf(row(columns))).toThrow(expect.objectContaining(place));
    expect(() => eventOf(row(columns))).toThrow(DamagedEventError);
  });
});
