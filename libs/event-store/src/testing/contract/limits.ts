import { describe, expect, test } from '@jest/globals';

import { InvalidAppendError } from '../../errors.js';
import type { NewEvent } from '../../event.js';
import { eventStoreLimits as limits } from '../../event.js';
import { canonicalJson } from '../../hash-chain.js';
import { aStream, anEvent, someEvents } from '../sample-events.js';
import type { Context } from './contract-context.js';
import { refusalOf, scope } from './contract-context.js';

/** An event whose canonical JSON in this stream has exactly so many bytes, most of them in two-byte characters. */
const eventOfBytes = (bytes: number, stream: string, recordedAt: string): NewEvent => {
  const empty = anEvent({ data: '' });
  const rest = bytes - Buffer.byteLength(canonicalJson({ ...empty, stream, version: 1, recordedAt }), 'utf8');
  return { ...empty, data: 'é'.repeat(Math.floor(rest / 2)) + 'e'.repeat(rest % 2) };
};

const malformed: readonly (readonly [string, Partial<Record<keyof NewEvent, unknown>>])[] = [
  ['an id that is no UUID', { id: 'stone-1' }],
  ['an id in capitals', { id: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' }],
  ['an empty type', { type: '' }],
  ['a control character in the type', { type: 'Stone\u0000Laid' }],
  ['a line break in the actor', { actor: 'some\nbody' }],
  ['half a surrogate pair in the district', { district: 'mnps\ud83e' }],
  ['a missing correlation id', { correlationId: undefined }],
  ['a command key that is too long', { commandKey: 'k'.repeat(limits.envelopeTextCharactersMax + 1) }],
  ['a schema version of 0', { schemaVersion: 0 }],
  ['half a schema version', { schemaVersion: 1.5 }],
  ['31 February', { occurredAt: '2026-02-31T00:00:00.000Z' }],
  ['an instant with an offset', { occurredAt: '2025-10-01T00:00:00.000+02:00' }],
  ['an instant without milliseconds', { occurredAt: '2025-10-01T00:00:00Z' }],
  ['the year 0', { occurredAt: '0000-10-01T00:00:00.000Z' }],
  ['no data', { data: undefined }],
  ['a NaN in the data', { data: { score: Number.NaN } }],
  ['an infinity in the data', { data: [Number.POSITIVE_INFINITY] }],
  ['a date object in the data', { data: { at: new Date(0) } }],
  ['a map in the data', { data: { counts: new Map() } }],
  ['a hole in the data', { data: [undefined] }],
  ['a NUL in the data', { data: { name: 'sto\u0000ne' } }],
  ['a NUL deep in the data', { data: [{ names: ['stone', 'ne\u0000w'] }] }],
  ['a NUL in a name in the data', { data: { 'na\u0000me': 1 } }],
  ['half a surrogate pair in the data', { data: { name: 'stone \udea8' } }],
  ['half a surrogate pair in a name in the data', { data: { '\udea8': 1 } }],
];

export const limitsOfAppends = (context: Context): void => {
  describe('limits', () => {
    const refused = async (stream: string, events: readonly NewEvent[]): Promise<void> => {
      const { store } = context();
      const before = await store.head();
      expect(await refusalOf(store.append(stream, 'no-stream', events))).toBeInstanceOf(InvalidAppendError);
      expect(await store.head()).toBe(before);
    };

    test('an empty append is refused', async () => {
      await refused(aStream(scope), []);
    });

    test('the largest number of events is taken at once, one more is refused', async () => {
      const { store } = context();
      await refused(aStream(scope), someEvents(limits.appendEventsMax + 1));

      const appended = await store.append(aStream(scope), 'no-stream', someEvents(limits.appendEventsMax));

      expect(appended.version).toBe(limits.appendEventsMax);
    });

    test('an event at the size limit is taken, one byte over is refused', async () => {
      const { store, clock } = context();
      const stream = aStream(scope);
      await refused(stream, [eventOfBytes(limits.eventBytesMax + 1, stream, clock.now())]);
      const event = eventOfBytes(limits.eventBytesMax, stream, clock.now());

      await store.append(stream, 'no-stream', [event]);

      expect(await store.readStream(stream)).toMatchObject([{ id: event.id, data: event.data }]);
    });

    test('an append that is too large as a whole is refused', async () => {
      const large = Array.from({ length: 17 }, () => anEvent({ data: 'x'.repeat(990_000) }));
      await refused(aStream(scope), large);
    });

    test('one bad event refuses the whole append', async () => {
      await refused(aStream(scope), [anEvent(), anEvent({ type: '' }), anEvent()]);
    });

    test('the same id twice in one append is refused', async () => {
      const event = anEvent();
      await refused(aStream(scope), [event, event]);
    });

    test.each([
      ['of another scope', 'another-scope.cairn-1'],
      ['of a scope that begins alike', `${scope}-2.cairn-1`],
      ['without a type', `${scope}.-1`],
      ['without an id', `${scope}.cairn-`],
      ['without a hyphen', `${scope}.cairn`],
      ['with a control character', `${scope}.cairn-1\u0007`],
      ['with half a surrogate pair', `${scope}.cairn-\ud83e`],
      ['that is too long', `${scope}.cairn-`.padEnd(limits.streamIdCharactersMax + 1, 'x')],
    ])('a stream %s is refused', async (_, stream) => {
      await refused(stream, [anEvent()]);
    });

    test('a stream name at the limit is taken, counted in characters', async () => {
      const { store } = context();
      const prefix = `${scope}.cairn-`;
      const stream = prefix + '🪨'.repeat(limits.streamIdCharactersMax - prefix.length);

      await store.append(stream, 'no-stream', [anEvent()]);

      expect(await store.readStream(stream)).toHaveLength(1);
    });

    test.each([0, -1, 1.5, Number.NaN])('an expected version of %d is refused', async (expected) => {
      const { store } = context();
      const error = await refusalOf(store.append(aStream(scope), expected, [anEvent()]));
      expect(error).toBeInstanceOf(InvalidAppendError);
    });

    test.each(malformed)('%s is refused', async (_, members) => {
      await refused(aStream(scope), [{ ...anEvent(), ...members } as NewEvent]);
    });

    test('data at the depth limit is taken, one level more is refused', async () => {
      const { store } = context();
      const nested = (levels: number): NewEvent =>
        anEvent({ data: JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as [] });
      await refused(aStream(scope), [nested(limits.dataDepthMax + 2)]);

      await expect(store.append(aStream(scope), 'no-stream', [nested(limits.dataDepthMax + 1)])).resolves.toBeDefined();
    });
  });
};
