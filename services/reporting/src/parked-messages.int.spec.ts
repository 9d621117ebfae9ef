import { eventually } from '@cairn/event-bus/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { day, Publisher, schoolId } from './testing/public-events.js';
import type { RunningReporting } from './testing/running-reporting.js';
import { runReporting } from './testing/running-reporting.js';

describe('what a service heard and could not apply', () => {
  let reporting: RunningReporting;
  const publisher = new Publisher();
  const path = '/api/services/reporting/parked-messages';

  beforeAll(async () => {
    reporting = await runReporting();
  });
  afterAll(() => reporting.close());

  test('is shown to operators, page by page, without what it says; the service stays ready, and tells', async () => {
    expect(await reporting.get(path)).toEqual({ status: 200, body: { items: [] } });
    const opened = publisher.opened(1, 'A name of the district', { occurredAt: day(1) });
    const poison = { ...opened, data: { name: 'A name of the district' } } as never;
    const next = publisher.opened(1, 'Another name', { occurredAt: day(2) });
    await reporting.publish(publisher.districtRegistered(), poison, next);
    const parked = await eventually('both are parked', async () => {
      const { body } = await reporting.get(path);
      return (body['items'] as readonly object[]).length === 2 ? body : undefined;
    });
    expect((parked?.['items'] as readonly object[])[0]).toEqual({
      group: 'reporting', topic: expect.any(String), key: schoolId(1), messageId: expect.any(String),
      reason: expect.any(String), attempts: expect.any(Number), parkedAt: expect.stringMatching(/Z$/),
    });
    expect(JSON.stringify(parked)).not.toContain('A name of the district');

    const first = await reporting.get(`${path}?limit=1`);
    expect(first.body['items']).toHaveLength(1);
    const rest = await reporting.get(`${path}?limit=1&after=${String(first.body['next'])}`);
    expect(rest.body).toEqual({ items: [(parked?.['items'] as readonly object[])[1]] });
    expect((await reporting.get(`${path}?after=nonsense`)).status).toBe(400);
    expect((await reporting.get(path, reporting.tokenOf('coach', '*'))).status).toBe(403);

    const ready = await eventually('it is ready', async () => {
      const answer = await reporting.get('/api/health/ready');
      return answer.status === 200 ? answer.body : undefined;
    });
    expect(ready).toEqual({ status: 'ready', warnings: [{ name: 'parked-messages', reason: '1 key is parked' }] });
  });
});
