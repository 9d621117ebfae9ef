import { describe, expect, test } from '@jest/globals';

import type { ServiceState } from '../../api/operations.js';
import { builtShare, byKind, reasonsOf, stateOf } from './state.js';

const well: ServiceState = {
  service: 'reporting',
  ready: true,
  failures: [],
  engines: [{ role: 'bus', kind: 'kafka', state: 'up' }],
  relay: { topic: 't', caughtUp: true, behind_ms: 0 },
  consumer: { topics: ['t'], lag: 0, parkedKeys: 0, parkedMessages: 0 },
  readModels: [{ name: 'adoption', caughtUp: true }],
};

describe('the state of the platform', () => {
  test.each<readonly [string, Partial<ServiceState>, 'well' | 'behind' | 'down']>([
    ['all is well', {}, 'well'],
    ['a service does not answer', { ready: false, failures: [{ name: 'service', reason: 'does not answer' }] }, 'down'],
    ['an engine is away', { engines: [{ role: 'bus', kind: 'kafka', state: 'down' }] }, 'down'],
    ['the relay publishes', { relay: { topic: 't', caughtUp: false, behind_ms: 900 } }, 'behind'],
    ['messages wait', { consumer: { topics: [], lag: 3, parkedKeys: 0, parkedMessages: 0 } }, 'behind'],
    ['a read model catches up', { readModels: [{ name: 'adoption', caughtUp: false }] }, 'behind'],
    ['a read model is rebuilt', { readModels: [{ name: 'adoption', caughtUp: true, building: { generation: 2 } }] }, 'behind'],
  ])('%s', (_, change, kind) => {
    expect(stateOf([{ ...well, service: 'directory' }, { ...well, ...change }]).kind).toBe(kind);
  });

  test('counts what is parked in all services', () => {
    const parked = (parkedMessages: number): ServiceState => ({ ...well, consumer: { topics: [], lag: 0, parkedKeys: 1, parkedMessages } });
    expect(stateOf([parked(2), parked(3), { service: 'admin', ready: true, failures: [] }])).toMatchObject({ parked: 5, ready: 3 });
  });
});

test('a reason that several checks give is one reason', () => {
  const away = 'PostgreSQL at db:5432 does not take connections.';
  const failures = [{ name: 'event-store', reason: away }, { name: 'relay', reason: 'It is behind.' }];
  expect(reasonsOf({ ...well, failures, warnings: [{ name: 'bus', reason: away }] })).toEqual([
    { names: ['event-store', 'bus'], reason: away },
    { names: ['relay'], reason: 'It is behind.' },
  ]);
});

test('one engine in several roles is one entry, down when it is down for one of them', () => {
  expect(byKind([
    { role: 'database', kind: 'postgresql', state: 'up' },
    { role: 'event-store', kind: 'postgresql', state: 'down', detail: 'refused' },
    { role: 'bus', kind: 'kafka', state: 'up' },
  ])).toEqual([
    { kind: 'postgresql', state: 'down', roles: ['database', 'event-store'], detail: 'refused' },
    { kind: 'kafka', state: 'up', roles: ['bus'] },
  ]);
});

test.each([
  [{ position: '50', head: '200' }, 0.25],
  [{ head: '200' }, 0],
  [{ position: '210', head: '200' }, 1],
  [{ position: '3' }, undefined],
  [{ position: '0', head: '0' }, undefined],
])('%j is built to %s', (building, share) => {
  expect(builtShare(building)).toBe(share);
});
