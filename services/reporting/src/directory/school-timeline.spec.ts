import { describe, expect, test } from '@jest/globals';
import type { AnyPublicEvent } from '@cairn/contracts';

import { day, Publisher } from '../testing/public-events.js';
import { schoolEventOf, schoolStretches } from './school-timeline.js';

const told = (...events: readonly AnyPublicEvent[]) =>
  schoolStretches(events.flatMap((event) => schoolEventOf(event) ?? [])).map(({ from, to, state }) => [
    from, to, state.open, state.name, state.externalIds.map(({ value }) => value).join(), state.profile.enrollment,
  ]);

describe('the stretches of a school', () => {
  const publisher = new Publisher();
  const opened = publisher.opened(1, 'Glencliff', { occurredAt: day(1) });
  const renamed = publisher.school('school-renamed', 1, { occurredAt: day(10) }, { from: 'Glencliff', to: 'Glencliff High' });

  test('begin with its opening', () => {
    expect(told(opened)).toEqual([[day(1), undefined, true, 'Glencliff', '00001', 401]]);
    expect(told(renamed)).toEqual([]);
  });

  test('follow each other, and a late fact takes its place', () => {
    const late = publisher.school('school-renamed', 1, { occurredAt: day(5), recordedAt: day(20) }, { from: 'Glencliff', to: 'Glen Cliff' });
    expect(told(opened, renamed, late)).toEqual([
      [day(1), day(5), true, 'Glencliff', '00001', 401],
      [day(5), day(10), true, 'Glen Cliff', '00001', 401],
      [day(10), undefined, true, 'Glencliff High', '00001', 401],
    ]);
  });

  test('know ids, profile, closing and opening again', () => {
    const externalId = { scheme: 'nces', value: '470318001234' };
    const events = [
      publisher.school('external-id-bound', 1, { occurredAt: day(2) }, { externalId }),
      publisher.school('external-id-released', 1, { occurredAt: day(3) }, { externalId: { scheme: 'state', value: '00001' } }),
      publisher.school('school-profile-changed', 1, { occurredAt: day(4) }, { profile: { enrollment: 55 } }),
      publisher.school('school-closed', 1, { occurredAt: day(5) }, { reason: 'Renovation' }),
      publisher.school('school-reopened', 1, { occurredAt: day(6) }, { reason: 'Done' }),
    ];
    expect(told(opened, ...events).slice(1)).toEqual([
      [day(2), day(3), true, 'Glencliff', '00001,470318001234', 401],
      [day(3), day(4), true, 'Glencliff', '470318001234', 401],
      [day(4), day(5), true, 'Glencliff', '470318001234', 55],
      [day(5), day(6), false, 'Glencliff', '470318001234', 55],
      [day(6), undefined, true, 'Glencliff', '470318001234', 55],
    ]);
  });

  test('of one instant leave the last to stand', () => {
    const externalId = { scheme: 'nces', value: '47' };
    const bound = publisher.school('external-id-bound', 1, { occurredAt: day(1) }, { externalId });
    expect(told(opened, bound)).toEqual([[day(1), undefined, true, 'Glencliff', '00001,47', 401]]);
  });
});
