import { randomUUID } from 'node:crypto';

import type { EventStore } from '@cairn/event-store';

import { districtStream } from '../district/district.js';

/** Puts a district of Chicago on record. */
export const defineDistrict = async (store: EventStore, districtId: string): Promise<void> => {
  await store.append(districtStream(districtId), 'no-stream', [
    {
      id: randomUUID(),
      type: 'DistrictRegistered',
      schemaVersion: 1,
      district: districtId,
      occurredAt: '2020-01-01T00:00:00.000Z',
      actor: 'person-operator',
      correlationId: 'test',
      data: { districtId, name: districtId, timeZone: 'America/Chicago', schoolYearFirstMonth: 8 },
    },
  ]);
};
