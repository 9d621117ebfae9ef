import { describe, expect, test } from '@jest/globals';

import type { Operations, ServiceState } from './operations.js';
import { withParkedToldLast } from './operations.js';

const told = (consumer?: ServiceState['consumer']): Operations => ({
  services: [{ service: 'reporting', ready: true, failures: [], ...(consumer === undefined ? {} : { consumer }) }],
  checkedAt: '2025-03-03T06:00:00.000Z',
});
const consumerOf = ({ services }: Operations) => services[0]?.consumer;

describe('how much is parked', () => {
  const last = told({ topics: ['t'], lag: 3, parkedKeys: 1, parkedMessages: 2 });

  test('is what is told now', () => {
    const now = told({ topics: ['t'], lag: 0, parkedKeys: 0, parkedMessages: 0 });
    expect(withParkedToldLast(now, last)).toEqual(now);
    expect(withParkedToldLast(now, undefined)).toEqual(now);
  });

  test('is what was told last while nothing is told of it, of which the lag is no part', () => {
    expect(consumerOf(withParkedToldLast(told({ topics: ['t'] }), last))).toEqual({ topics: ['t'], parkedKeys: 1, parkedMessages: 2 });
    expect(consumerOf(withParkedToldLast(told({ topics: ['t'], lag: 9 }), last))).toEqual({ topics: ['t'], lag: 9, parkedKeys: 1, parkedMessages: 2 });
    expect(consumerOf(withParkedToldLast(told(), last))).toEqual({ topics: ['t'], parkedKeys: 1, parkedMessages: 2 });
  });
});
