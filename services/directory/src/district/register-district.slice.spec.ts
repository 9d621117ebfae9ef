import { describe } from '@jest/globals';
import { decisionTable } from '@cairn/decider/testing';

import type { DistrictEvent } from './district.js';
import { registerDistrictDecider } from './register-district.slice.js';

const now = '2026-11-23T15:00:00.000Z';
const district = { districtId: 'mnps', name: 'Metro Nashville Public Schools', timeZone: 'America/Chicago', schoolYearFirstMonth: 8 };
const registered: DistrictEvent = { type: 'DistrictRegistered', occurredAt: now, data: district };

describe('register district', () => {
  decisionTable(registerDistrictDecider, [
    { name: 'a district is registered', given: [], when: { district, zoneKnown: true, now }, then: [registered] },
    {
      name: 'a district is registered once, whatever else is said of it',
      given: [registered],
      when: { district: { ...district, name: 'Nashville' }, zoneKnown: true, now },
      rejected: { type: 'DistrictExists', districtId: 'mnps' },
    },
    {
      name: 'a zone that nobody knows would leave every date without a meaning',
      given: [],
      when: { district: { ...district, timeZone: 'Mars/Olympus' }, zoneKnown: false, now },
      rejected: { type: 'TimeZoneUnknown', timeZone: 'Mars/Olympus' },
    },
  ]);
});
