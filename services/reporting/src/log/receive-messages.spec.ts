import { describe, expect, test } from '@jest/globals';

import { day, Publisher } from '../testing/public-events.js';
import { receivedIn } from './receive-messages.js';

describe('what is taken off the bus', () => {
  const event = new Publisher().started(1, { occurredAt: day(1) });
  const received = (change: object) => () => receivedIn({ value: JSON.stringify({ ...event, ...change }) });

  test('is the event, whole, with members that nobody here knows', () => {
    expect(received({ traceparent: '00-1-2-01' })()).toEqual({ ...event, traceparent: '00-1-2-01' });
  });

  test('may be of a type that this version does not know', () => {
    expect(received({ type: 'org.cairn.adoption.started.v2', data: { anything: 1 } })()).toMatchObject({ data: { anything: 1 } });
  });

  test.each([
    ['a known type with other data', { data: { schoolId: 'x' } }],
    ['an envelope without a hash', { hash: undefined }],
    ['an instant that does not exist', { time: '2025-02-31T00:00:00.000Z' }],
    ['a version of nothing', { streamversion: 0 }],
  ])('is refused as %s', (_name, change) => {
    expect(received(change)).toThrow();
  });

  test('is refused when it is no JSON', () => {
    expect(() => receivedIn({ value: '{' })).toThrow();
  });
});
