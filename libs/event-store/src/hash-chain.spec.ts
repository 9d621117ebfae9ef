import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Json, RecordedEvent } from './event.js';
import { canonicalEvent, canonicalJson, chainStart, hashEvent, verifyStream } from './hash-chain.js';
import { anEvent } from './testing/index.js';

const json = fc
  .jsonValue({ stringUnit: 'binary', maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const optional = { actor: text, causationId: text, commandKey: text, commandDigest: text, onBehalfOf: text };

const recorded = fc
  .record({ data: json, type: text, ...optional }, { requiredKeys: ['data', 'type', 'actor'] })
  .map((members) => ({ ...anEvent(), ...members }));

/** A stream with the hashes that its content gives. */
const streamOf = (events: readonly ReturnType<typeof anEvent>[]): readonly RecordedEvent[] => {
  let previous = chainStart.hash;
  return events.map((event, index) => {
    const hashed = { ...event, stream: 'scope.cairn-1', version: index + 1, recordedAt: '2025-10-01T05:00:00.000Z' };
    previous = hashEvent(previous, hashed);
    return { ...hashed, position: String(index + 1), hash: previous };
  });
};

const streams = fc.array(recorded, { minLength: 1, maxLength: 8 }).map(streamOf);

/** Each member that is hashed, changed. */
const changes: Readonly<Record<string, (event: RecordedEvent) => Partial<RecordedEvent>>> = {
  id: () => ({ id: '00000000-0000-4000-8000-000000000000' }),
  type: ({ type }) => ({ type: `${type}!` }),
  schemaVersion: ({ schemaVersion }) => ({ schemaVersion: schemaVersion + 1 }),
  district: () => ({ district: 'other' }),
  occurredAt: () => ({ occurredAt: '2025-09-30T13:45:10.251Z' }),
  recordedAt: () => ({ recordedAt: '2025-10-01T05:00:00.001Z' }),
  actor: ({ actor }) => ({ actor: `${actor}!` }),
  onBehalfOf: ({ onBehalfOf = '' }) => ({ onBehalfOf: `${onBehalfOf}!` }),
  correlationId: () => ({ correlationId: 'other' }),
  causationId: ({ causationId = '' }) => ({ causationId: `${causationId}!` }),
  commandKey: ({ commandKey = '' }) => ({ commandKey: `${commandKey}!` }),
  commandDigest: ({ commandDigest = '' }) => ({ commandDigest: `${commandDigest}!` }),
  data: ({ data }) => ({ data: [data] }),
  stream: () => ({ stream: 'scope.cairn-2' }),
};

describe('canonicalEvent', () => {
  test('is the canonical JSON of the whole event', () => {
    fc.assert(
      fc.property(streams, (events) => {
        for (const { position, hash, ...event } of events) {
          expect([position, hash]).not.toContain(undefined);
          const { data, ...envelope } = event;
          expect(canonicalEvent(envelope, canonicalJson(data))).toBe(canonicalJson(event));
        }
      }),
    );
  });

  test('covers every member but the position and the hash', () => {
    const full = { ...anEvent(), onBehalfOf: '', causationId: '', commandKey: '', commandDigest: '' };
    const hashed = { ...full, stream: '', version: 1, recordedAt: '' };
    expect(Object.keys(JSON.parse(canonicalEvent(hashed, '1')) as object).sort()).toEqual(Object.keys(hashed).sort());
    expect(Object.keys(changes).sort()).toEqual(Object.keys(hashed).filter((member) => member !== 'version').sort());
  });
});

describe('verifyStream', () => {
  test('finds nothing in a stream that is as it was written, whole or from a head on', () => {
    fc.assert(
      fc.property(streams, fc.nat(), (events, number) => {
        expect(verifyStream(events)).toBeUndefined();
        const cut = number % events.length;
        expect(verifyStream(events.slice(cut), events[cut - 1] ?? chainStart)).toBeUndefined();
      }),
    );
  });

  test.each(Object.keys(changes))('names the event whose %s was changed', (member) => {
    fc.assert(
      fc.property(streams, fc.nat(), (events, number) => {
        const at = number % events.length;
        const changed = events.map((event, index) =>
          index === at ? { ...event, ...changes[member]?.(event), position: event.position } : event,
        );
        expect(verifyStream(changed)).toMatchObject({ version: at + 1, position: String(at + 1) });
      }),
      { numRuns: 30 },
    );
  });

  test('names the version that is missing, and the one that stands twice', () => {
    const events = streamOf([anEvent(), anEvent(), anEvent()]);
    const [first, second, third] = events as [RecordedEvent, RecordedEvent, RecordedEvent];

    expect(verifyStream([first, third])).toMatchObject({ kind: 'version', version: 2 });
    expect(verifyStream([second, third])).toMatchObject({ kind: 'version', version: 1 });
    expect(verifyStream([first, first])).toMatchObject({ kind: 'version', version: 2 });
    expect(verifyStream([])).toBeUndefined();
  });

  test('names an event that was recorded before the one in front of it, even with a hash that fits', () => {
    const [first] = streamOf([anEvent()]);
    if (!first) throw new Error('no event');
    const early = { ...anEvent(), stream: first.stream, version: 2, recordedAt: '2025-09-30T00:00:00.000Z' };
    const second = { ...early, position: '2', hash: hashEvent(first.hash, early) };

    expect(verifyStream([first, second])).toMatchObject({ kind: 'recorded-at', version: 2 });
  });

  test('reports content that has no canonical form instead of throwing', () => {
    const [event] = streamOf([anEvent()]);
    if (!event) throw new Error('no event');
    expect(verifyStream([{ ...event, data: '\ud83e' }])).toMatchObject({ kind: 'hash', version: 1 });
  });
});
