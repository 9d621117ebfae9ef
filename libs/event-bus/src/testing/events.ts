import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@cairn/event-store';

/** An event for tests; what matters to the case is given, the rest is plausible. */
export const newEvent = (more: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'StageAdvanced',
  schemaVersion: 1,
  district: 'mnps',
  occurredAt: '2026-01-01T06:00:00.000Z',
  actor: 'coach',
  correlationId: randomUUID(),
  data: {},
  ...more,
});
