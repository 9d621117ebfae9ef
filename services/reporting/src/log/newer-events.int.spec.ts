import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { day, district, initiative, Publisher, schoolId } from '../testing/public-events.js';
import type { RunningReporting } from '../testing/running-reporting.js';
import { runReporting } from '../testing/running-reporting.js';

// Fault row 19 in the log: what is newer than this version is kept whole and told, never dropped, and never quiet.
describe('events that are newer than this version of reporting', () => {
  let reporting: RunningReporting;
  const publisher = new Publisher();

  beforeAll(async () => {
    reporting = await runReporting();
  });
  afterAll(() => reporting.close());

  const warnings = async (path: string): Promise<unknown> => (await reporting.get(path)).body['warnings'];
  const newer = {
    name: 'newer-events',
    reason:
      'The log holds events that are newer than this version of the service, which its figures leave out: ' +
      'org.cairn.adoption.paused.v2 (1). Update it, then derive its read models anew.',
  };

  test('are kept whole in the log and told to operations; what comes after them is applied', async () => {
    const opened = publisher.opened(1, 'Glencliff High', { occurredAt: day(1) });
    const started = publisher.started(1, { occurredAt: day(2) });
    const stream = `adoption-${schoolId(1)}.${initiative}`;
    const paused = publisher.event('org.cairn.adoption.paused.v2', 'scaling-plan', stream, schoolId(1), { occurredAt: day(3) }, { until: 'June' });
    const renamed = publisher.school('school-renamed', 1, { occurredAt: day(4) }, { from: 'Glencliff High', to: 'Glencliff' });
    const position = await reporting.publish(publisher.districtRegistered(), publisher.initiativeDefined(), opened, started);
    await reporting.get(`/api/districts/${district}/schools?min-position=${position}`);
    expect(await warnings('/api/services/reporting/operations')).toEqual([]);

    const after = await reporting.publish(paused, renamed);
    const schools = await reporting.get(`/api/districts/${district}/schools?min-position=${after}`);
    expect(schools.body['items']).toMatchObject([{ name: 'Glencliff' }]);
    expect((await reporting.get(`/api/districts/${district}/events/${paused.id}`)).body).toMatchObject({ type: paused.type, data: { until: 'June' } });
    expect(await warnings('/api/services/reporting/operations')).toEqual([newer]);
    const ready = await eventually('it is ready', async () => {
      const answer = await reporting.get('/api/health/ready');
      return answer.status === 200 ? answer.body : undefined;
    });
    expect(ready).toEqual({ status: 'ready', warnings: [newer] });
    expect((await reporting.get('/api/services/reporting/parked-messages')).body['items']).toEqual([]);
  });

  test('of a known type with another schema are parked, as no read model could tell them apart', async () => {
    const opened = { ...publisher.opened(2, 'Hillsboro High', { occurredAt: day(1) }), dataschema: 'urn:cairn:schema:org.cairn.directory.school-opened.v1.1' };
    await reporting.publish(opened);
    const parked = await eventually('it is parked', async () => {
      const { body } = await reporting.get('/api/services/reporting/parked-messages');
      return (body['items'] as readonly { readonly reason: string }[])[0];
    });
    expect(parked?.reason).toContain('urn:cairn:schema:org.cairn.directory.school-opened.v1.1 is newer than this version of the service; update it and replay');
  });
});
