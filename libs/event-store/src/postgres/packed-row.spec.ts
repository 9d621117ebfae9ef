import { describe, expect, test } from '@jest/globals';

import { DamagedEventError } from '../errors.js';
import { anEvent } from '../testing/index.js';
import { metaText } from './event-row.js';
import { eventOfPacked } from './packed-row.js';

const event = anEvent({ onBehalfOf: 'é', causationId: 'b', commandKey: 'c\u{1F}d', commandDigest: 'd"' });
const hash = 'ab'.repeat(32);
const fields = ['7', '3', '1', '1759240110.250000', '1759240110.250000', event.id, `\\x${hash}`, 'scope.cairn-1', event.type, metaText(event)];
const place = { stream: 'scope.cairn-1', version: 3, position: '7', hash };

const withField = (index: number, text: string): string => fields.with(index, text).join('\u{1F}');

describe('a packed row', () => {
  test('becomes the event that was written', () => {
    const at = '2025-09-30T13:48:30.250Z';
    const written = { ...event, ...place, data: { a: 1 }, occurredAt: at, recordedAt: at };
    expect(eventOfPacked([fields.join('\u{1F}'), '{"a":1}'])).toEqual(written);
  });

  test.each([
    ['data', fields.join('\u{1F}'), '{"a":1'],
    ['meta', withField(9, '{"actor":"a"'), '{}'],
    ['a separator in the data', fields.join('\u{1F}'), '{"a":\u{1F}1}'],
    ['a separator in meta', withField(9, metaText(event).replace('"é"', '"\u{1F}"')), '{}'],
    ['a separator in the type', withField(8, 'Stone\u{1F}Laid'), '{}'],
    ['no meta', fields.slice(0, -1).join('\u{1F}'), '{}'],
  ])('with damaged %s is named by stream, version and position', (_, envelope, data) => {
    expect(() => eventOfPacked([envelope, data])).toThrow(expect.objectContaining(place));
    expect(() => eventOfPacked([envelope, data])).toThrow(DamagedEventError);
  });

  test('with a separator in its stream is still named by version and position', () => {
    const damaged = { version: 3, position: '7', hash };
    expect(() => eventOfPacked([withField(7, 'scope.cairn\u{1F}1'), '{}'])).toThrow(expect.objectContaining(damaged));
  });
});
