import { randomUUID } from 'node:crypto';

import type { NewEvent, StreamId } from '../event.js';

/** An event with everything that must be there; give what matters to the test. */
export const anEvent = (members: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'StoneLaid',
  schemaVersion: 1,
  district: 'mnps',
  occurredAt: '2025-09-30T13:45:10.250Z',
  actor: 'operator-1',
  correlationId: 'request-1',
  data: { school: 'Glencliff', stones: 1 },
  ...members,
});

export const someEvents = (count: number, members: Partial<NewEvent> = {}): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent({ data: { stone: index + 1 }, ...members }));

/** A stream of the scope that no other test has. */
export const aStream = (scope: string, type = 'cairn'): StreamId => `${scope}.${type}-${randomUUID()}`;
