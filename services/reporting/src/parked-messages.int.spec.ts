import { topics } from '@cairn/contracts';
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

  const send = async (action: string, body?: object, token = reporting.tokenOf('operator', '*')) => {
    const response = await fetch(`${reporting.url}${path}/${action}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

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
      sequence: expect.stringMatching(/^\d+$/), group: 'reporting', topic: topics.directory.name, key: schoolId(1),
      messageId: opened.id, district: opened.district, type: opened.type,
      reason: expect.any(String), attempts: expect.any(Number), parkedAt: expect.stringMatching(/Z$/),
    });
    expect(JSON.stringify(parked)).not.toContain('A name of the district');

    const first = await reporting.get(`${path}?limit=1`);
    expect(first.body['items']).toHaveLength(1);
    const rest = await reporting.get(`${path}?limit=1&after=${String(first.body['next'])}`);
    expect(rest.body).toEqual({ items: [(parked?.['items'] as readonly object[])[1]] });
    expect((await reporting.get(`${path}?after=nonsense`)).status).toBe(400);
    expect((await reporting.get(`${path}?key=${schoolId(2)}`)).body).toEqual({ items: [] });
    expect((await reporting.get(`${path}?key=${schoolId(1)}&topic=${topics.directory.name}`)).body['items']).toHaveLength(2);
    expect((await reporting.get(path, reporting.tokenOf('coach', '*'))).status).toBe(403);
    expect((await reporting.get(path, reporting.tokenOf('operator', ['mnps']))).status).toBe(403);

    const ready = await eventually('it is ready', async () => {
      const answer = await reporting.get('/api/health/ready');
      return answer.status === 200 ? answer.body : undefined;
    });
    expect(ready).toEqual({ status: 'ready', warnings: [{ name: 'parked-messages', reason: '1 key is parked' }] });
  });

  test('is tried again in its order when it is replayed, and given up when it is dropped', async () => {
    const key = { topic: topics.directory.name, key: schoolId(1) };
    expect(await send('replay', key)).toEqual({ status: 200, body: { replayed: 0, left: 2, reason: expect.any(String) } });
    const { body } = await reporting.get(path);
    const [poison, next] = body['items'] as readonly { readonly messageId: string; readonly attempts: number }[];
    const dropping = { ...key, messageId: poison?.messageId, reason: 'It has no name, and was registered again.' };
    expect(await send('drop', dropping)).toEqual({ status: 200, body: { ...key, messageId: poison?.messageId } });
    expect(await send('drop', dropping)).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    expect(next?.attempts).toBe(0);
    expect(await send('replay', key)).toEqual({ status: 200, body: { replayed: 1, left: 0 } });
    expect(await reporting.get(path)).toEqual({ status: 200, body: { items: [] } });
  });

  test.each([
    ['nothing', 'replay', undefined],
    ['no key', 'replay', { topic: 't' }],
    ['a key beyond the limit', 'replay', { topic: 't', key: 'k'.repeat(401) }],
    ['half a character', 'replay', { topic: 't', key: '\ud800' }],
    ['more than is asked for', 'replay', { topic: 't', key: 'k', all: true }],
    ['no reason', 'drop', { topic: 't', key: 'k', messageId: 'm' }],
    ['a blank reason', 'drop', { topic: 't', key: 'k', messageId: 'm', reason: ' ' }],
    ['a reason beyond the limit', 'drop', { topic: 't', key: 'k', messageId: 'm', reason: 'r'.repeat(1_001) }],
  ])('cannot be asked with %s', async (_name, action, body) => {
    expect(await send(action, body)).toMatchObject({ status: 400, body: { type: '/problems/bad-input' } });
  });

  test.each(['replay', 'drop'])('is not for everybody to %s, and a key that is not parked is a 404', async (action) => {
    const body = { topic: 't', key: 'k', ...(action === 'drop' ? { messageId: 'm', reason: 'r' } : {}) };
    expect((await send(action, body, reporting.tokenOf('operator', ['mnps']))).status).toBe(403);
    expect((await send(action, body, reporting.tokenOf('coach', '*'))).status).toBe(403);
    expect(await send(action, body)).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
  });
});
