import { describe, expect, test } from '@jest/globals';
import { directoryEventSchema } from '@cairn/contracts';
import type { Json, RecordedEvent } from '@cairn/event-store';

import type { DirectoryEvent } from './directory-events.js';
import { publishDirectory } from './publish-directory.js';

const schoolId = '5f0c2d4e-8f5b-5d6a-9b6c-2f1e0d9c8b7a';
const externalId = { scheme: 'state', value: '01900001' };
const occurredAt = '2024-08-01T05:00:00.000Z';

const facts: readonly DirectoryEvent[] = [
  { type: 'DistrictRegistered', occurredAt, data: { districtId: 'mnps', name: 'MNPS', timeZone: 'America/Chicago', schoolYearFirstMonth: 8 } },
  { type: 'InitiativeDefined', occurredAt, data: { initiativeId: 'a', name: 'A', description: '', fidelityCut: 0.7 } },
  {
    type: 'RosterImported',
    occurredAt,
    data: { importId: schoolId, effective: '2024-08-01', opened: 1, renamed: 0, changed: 0, unchanged: 0, closed: 0, rejected: 0 },
  },
  { type: 'SchoolOpened', occurredAt, data: { schoolId, name: 'Amqui', externalIds: [externalId], profile: { enrollment: 1 } } },
  { type: 'SchoolRenamed', occurredAt, data: { schoolId, from: 'Amqui', to: 'Una' } },
  { type: 'SchoolProfileChanged', occurredAt, data: { schoolId, profile: {} } },
  { type: 'SchoolClosed', occurredAt, data: { schoolId, reason: 'absent' } },
  { type: 'SchoolReopened', occurredAt, data: { schoolId, reason: 'back' } },
  { type: 'ExternalIdBound', occurredAt, data: { schoolId, externalId } },
  { type: 'ExternalIdReleased', occurredAt, data: { schoolId, externalId } },
];

const stored = (fact: DirectoryEvent): RecordedEvent => ({
  ...fact,
  data: fact.data as unknown as Json,
  id: '9d2b7c1e-3a4f-5b6c-8d7e-0f1a2b3c4d5e',
  schemaVersion: 1,
  district: 'mnps',
  stream: 'directory.roster-mnps',
  version: 1,
  position: '7',
  recordedAt: occurredAt,
  actor: 'person-operator',
  correlationId: 'c',
  hash: 'a'.repeat(64),
});

describe('what the directory publishes', () => {
  test.each(facts.map((fact) => [fact.type, fact] as const))('%s keeps to its contract, with its data and its id', (_type, fact) => {
    const message = publishDirectory(stored(fact));
    const event = directoryEventSchema.parse(JSON.parse(message.value));
    expect(event).toMatchObject({ id: stored(fact).id, data: fact.data, time: occurredAt, district: 'mnps' });
    expect(message.key).toBe('schoolId' in fact.data ? schoolId : 'directory.roster-mnps');
  });
});
