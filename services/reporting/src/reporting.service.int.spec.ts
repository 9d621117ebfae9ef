import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { day, Publisher, schoolId } from './testing/public-events.js';
import { runReporting } from './testing/running-reporting.js';
import type { RunningReporting } from './testing/running-reporting.js';

describe('the service of reports', () => {
  let reporting: RunningReporting;
  const publisher = new Publisher();
  const base = '/api/districts/mnps';
  const adoption = `${base}/adoption?initiative=blended-learning`;
  const advanced = () => publisher.advanced(1, 'installation', { occurredAt: day(12), recordedAt: day(20) });
  let seen = '';

  beforeAll(async () => {
    reporting = await runReporting();
    seen = await reporting.publish(
      publisher.districtRegistered(),
      publisher.initiativeDefined(),
      publisher.opened(1, 'Glencliff High', { occurredAt: day(1) }),
      publisher.opened(2, 'Hillsboro High', { occurredAt: day(1) }),
      publisher.opened(3, 'Overton High', { occurredAt: day(15), recordedAt: day(1) }),
      publisher.started(1, { occurredAt: day(2), recordedAt: day(3) }),
      advanced(),
    );
  });
  afterAll(() => reporting.close());

  const stagesAt = async (effective: string, recorded: string): Promise<unknown> => {
    const { status, body } = await reporting.get(`${adoption}&effective=${effective}&recorded=${recorded}&min-position=${seen}`);
    expect(status).toBe(200);
    return body['totals'];
  };
  const totals = (notStarted: number, exploration: number, installation: number) => ({
    'not-started': notStarted, exploration, installation, 'initial-implementation': 0, 'full-implementation': 0,
  });

  test('answers at once what was just published, at both dates', async () => {
    expect(await stagesAt('2024-09-14', '2024-09-14')).toEqual(totals(1, 1, 0));
    expect(await stagesAt('2024-09-14', '2024-09-30')).toEqual(totals(1, 0, 1));
    expect(await stagesAt('2024-09-15', '2024-09-30')).toEqual(totals(2, 0, 1));
    expect(await stagesAt('2024-08-31', '2024-09-30')).toEqual(totals(0, 0, 0));
  });

  test('a date is read as its end in the zone of the district', async () => {
    expect(await stagesAt('2024-09-12T04:59:59.999Z', '2024-09-30')).toEqual(totals(1, 1, 0));
    expect(await stagesAt('2024-09-11', '2024-09-30')).toEqual(totals(1, 1, 0));
    expect(await stagesAt('2024-09-12', '2024-09-30')).toEqual(totals(1, 0, 1));
  });

  test('says of each school where it stands, since when, and at which version', async () => {
    const { body } = await reporting.get(`${adoption}&effective=2024-09-20&recorded=2024-09-30`);
    expect(body).toMatchObject({ effective: '2024-09-21T04:59:59.999Z', recorded: '2024-10-01T04:59:59.999Z', position: 'reporting:7' });
    const [glencliff, hillsboro] = body['schools'] as readonly object[];
    expect(glencliff).toEqual({
      schoolId: schoolId(1), name: 'Glencliff High', stage: 'installation', status: 'active', since: day(12), daysInStage: 8, version: 2,
      eventId: expect.any(String),
    });
    expect(hillsboro).toEqual({
      schoolId: schoolId(2), name: 'Hillsboro High', stage: null, status: 'not-started', since: null, daysInStage: null, version: 0,
      eventId: null,
    });
  });

  test('the trend goes week by week', async () => {
    const { body } = await reporting.get(`${base}/adoption/trend?initiative=blended-learning&from=2024-09-01&to=2024-09-16`);
    expect(body['items']).toEqual([
      { date: '2024-09-02', totals: totals(1, 1, 0) },
      { date: '2024-09-09', totals: totals(1, 1, 0) },
      { date: '2024-09-16', totals: totals(2, 0, 1) },
    ]);
  });

  test('the changes explain the difference, page by page', async () => {
    const path = `${base}/adoption/changes?initiative=blended-learning&from=2024-09-14&recordedFrom=2024-09-14&to=2024-09-16`;
    const { status, body } = await reporting.get(`${path}&limit=1`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      before: { totals: totals(1, 1, 0) },
      after: { totals: totals(2, 0, 1), statuses: { 'not-started': 2, active: 1 } },
      classes: { 'late-fact': 1, opened: 1, 'real-change': 0 },
      items: [{ name: 'Glencliff High', class: 'late-fact', before: { stage: 'exploration' }, after: { stage: 'installation' } }],
    });
    const next = await reporting.get(`${path}&limit=1&after=${String(body['next'])}`);
    expect(next.body['items']).toEqual([
      expect.objectContaining({ schoolId: schoolId(3), name: 'Overton High', class: 'opened', before: null }),
    ]);
    expect(next.body['next']).toBeUndefined();
  });

  test('the schools are listed by name, searched and paged', async () => {
    const first = await reporting.get(`${base}/schools?limit=2&recorded=2024-09-30&effective=2024-09-30`);
    expect((first.body['items'] as readonly { name: string }[]).map(({ name }) => name)).toEqual(['Glencliff High', 'Hillsboro High']);
    const second = await reporting.get(`${base}/schools?limit=2&after=${String(first.body['next'])}`);
    expect(second.body).toEqual({
      items: [{ schoolId: schoolId(3), name: 'Overton High', externalIds: [{ scheme: 'state', value: '00003' }], enrollment: 403 }],
    });
    const found = await reporting.get(`${base}/schools?q=hILLs`);
    expect(found.body['items']).toHaveLength(1);
    expect((await reporting.get(`${base}/schools?q=00003`)).body['items']).toHaveLength(1);
    expect((await reporting.get(`${base}/schools?q=${encodeURIComponent('%_\\')}`)).body['items']).toEqual([]);
  });

  test('the history of a school ties corrections to what they correct, page by page', async () => {
    const path = `${base}/schools/${schoolId(1)}/history`;
    const before = await reporting.get(path);
    const fact = (before.body['items'] as readonly { eventId: string }[])[2]?.eventId ?? '';
    const correction = publisher.adoption(
      'fact-corrected', 1, { occurredAt: day(13), recordedAt: day(25) }, { correctsEventId: fact, reason: 'Later', corrected: { occurredAt: day(13) } },
    );
    const position = await reporting.publish(correction);
    const first = await reporting.get(`${path}?limit=2&min-position=${position}`);
    const second = await reporting.get(`${path}?limit=2&after=${String(first.body['next'])}`);
    const items = [...(first.body['items'] as readonly object[]), ...(second.body['items'] as readonly object[])];
    expect(items).toEqual([
      expect.objectContaining({ type: 'org.cairn.directory.school-opened.v1', version: 1 }),
      expect.objectContaining({ type: 'org.cairn.adoption.started.v1', initiativeId: 'blended-learning', recordedAt: day(3) }),
      expect.objectContaining({ eventId: fact, correctedBy: correction.id }),
      expect.objectContaining({ eventId: correction.id, corrects: fact, actor: 'person-operator' }),
    ]);
  });

  test('a correction changes the figure as known now, not the figure as known then', async () => {
    expect(await stagesAt('2024-09-12', '2024-09-24')).toEqual(totals(1, 0, 1));
    expect(await stagesAt('2024-09-12', '2024-09-26')).toEqual(totals(1, 1, 0));
  });

  test('an event is answered as it was received, with its place on record', async () => {
    const event = publisher.opened(9, 'Antioch – Süd', { occurredAt: day(1) });
    const position = await reporting.publish(event);
    const { body } = await reporting.get(`${base}/events/${event.id}?min-position=${position}`);
    expect(body).toEqual({ ...event, position: position.slice('directory:'.length), scope: 'directory', version: 1 });
  });

  test('shows at once what a service recorded whose clock is ahead', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const fact = publisher.started(2, { occurredAt: ahead, recordedAt: ahead });
    const position = await reporting.publish(fact);
    const { body } = await reporting.get(`${adoption}&min-position=${position}`);
    expect((body['schools'] as readonly object[])[2]).toMatchObject({ name: 'Hillsboro High', stage: 'exploration', eventId: fact.id });
  });

  test('the same coordinates give the same answer, after a rebuild too', async () => {
    const coordinates = `${adoption}&effective=2024-09-20&recorded=2024-09-30&position=reporting:7`;
    const before = await reporting.get(coordinates);
    expect((await reporting.post('/api/services/reporting/read-models/adoption/rebuild')).status).toBe(202);
    const after = await reporting.get(`${coordinates}&min-position=reporting:7`);
    expect(after).toEqual(before);
  });

  test.each(['operations', 'read-models', 'parked-messages'])('%s are for operators of all districts alone', async (of) => {
    const path = `/api/services/reporting/${of}`;
    expect((await reporting.get(path, reporting.tokenOf('analyst', '*'))).status).toBe(403);
    expect((await reporting.get(path, reporting.tokenOf('operator', ['mnps']))).status).toBe(403);
    expect((await reporting.get(path, reporting.tokenOf('operator', '*'))).status).toBe(200);
  });

  test.each(['read-models/adoption/rebuild', 'read-models/adoption/go-back', 'parked-messages/replay', 'parked-messages/drop'])(
    '%s is for operators of all districts alone',
    async (of) => {
      const path = `/api/services/reporting/${of}`;
      expect((await reporting.post(path, reporting.tokenOf('operator', ['mnps']))).status).toBe(403);
      expect((await reporting.post(path, reporting.tokenOf('analyst', '*'))).status).toBe(403);
    },
  );

  test.each([
    ['a district of others', `${adoption}`, 404, 'analyst'],
    ['no such district', '/api/districts/nowhere/adoption?initiative=blended-learning', 404, 'operator'],
    ['no such initiative', `${base}/adoption?initiative=basket-weaving`, 404, 'operator'],
    ['no initiative named', `${base}/adoption`, 400, 'operator'],
    ['a day that does not exist', `${adoption}&effective=2024-02-31`, 400, 'operator'],
    ['an unknown parameter', `${adoption}&efective=2024-02-01`, 400, 'operator'],
    ['a position of another scope', `${adoption}&position=directory:1`, 400, 'operator'],
    ['a position that is not reached', `${adoption}&position=reporting:99999`, 503, 'operator'],
    ['a limit out of bounds', `${base}/schools?limit=501`, 400, 'operator'],
    ['a cursor of others', `${base}/schools?after=WyJ4Il0`, 400, 'operator'],
    ['an unknown school', `${base}/schools/${schoolId(77)}/history`, 404, 'operator'],
    ['a school id that is none', `${base}/schools/x'y/history`, 404, 'operator'],
    ['an unknown event', `${base}/events/00000000-0000-4000-8000-00000000beef`, 404, 'operator'],
    ['an event id that is none', `${base}/events/1`, 404, 'operator'],
    ['points in the wrong order', `${base}/adoption/changes?initiative=blended-learning&from=2024-09-20&to=2024-09-10`, 400, 'operator'],
    ['a trend without end', `${base}/adoption/trend?initiative=blended-learning&from=1900-01-01`, 400, 'operator'],
    ['a trend that ends before it begins', `${base}/adoption/trend?initiative=blended-learning&from=2024-09-02&to=2024-09-01`, 400, 'operator'],
  ] as const)('refuses %s', async (_name, path, status, role) => {
    const token = reporting.tokenOf(role, role === 'operator' ? '*' : ['other']);
    const answer = await reporting.get(path, token);
    expect({ status: answer.status, detail: typeof answer.body['detail'] }).toEqual({ status, detail: 'string' });
  });

  test('says in its OpenAPI document what it takes and answers', async () => {
    const { body } = await reporting.get('/openapi.json');
    expect(Object.keys(body['paths'] as object).sort()).toEqual([
      '/api/districts/{districtId}/adoption',
      '/api/districts/{districtId}/adoption/changes',
      '/api/districts/{districtId}/adoption/trend',
      '/api/districts/{districtId}/events/{eventId}',
      '/api/districts/{districtId}/schools',
      '/api/districts/{districtId}/schools/{schoolId}/history',
      '/api/health/live',
      '/api/health/ready',
      '/api/services/reporting/operations',
      '/api/services/reporting/parked-messages',
      '/api/services/reporting/parked-messages/drop',
      '/api/services/reporting/parked-messages/replay',
      '/api/services/reporting/read-models',
      '/api/services/reporting/read-models/{name}/go-back',
      '/api/services/reporting/read-models/{name}/rebuild',
    ]);
    expect((await reporting.get('/api/health/ready')).status).toBe(200);
  });
});
