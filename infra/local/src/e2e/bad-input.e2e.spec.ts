import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';

import { idOf, PlatformUnderTest, schoolsCsv } from './platform-under-test.js';

const nobody = '99999999-9999-4999-8999-999999999999';

describe('bad input is refused with a clear problem and changes nothing', () => {
  let cairn: PlatformUnderTest;
  let amqui: string;
  let kelley: string;
  let startedId: string;
  const district = '/api/districts/bad-input';
  const adoptions = () => `${district}/schools/${amqui}/adoptions/blended-learning`;
  const position = async (): Promise<string> =>
    ((await cairn.get('/api/services/scaling-plan/position').expect(200)).body as { position: string }).position;

  beforeAll(async () => {
    cairn = await PlatformUnderTest.start();
    const schools = await cairn.district('bad-input');
    amqui = idOf(schools, 'Amqui Elementary');
    kelley = idOf(schools, 'A. Z. Kelley Elementary');
    await cairn.district('elsewhere');
    const started = await cairn.post(`${adoptions()}/start`, { occurredAt: '2025-03-03' }).expect(200);
    startedId = (started.body as { events: { eventId: string }[] }).events[0]?.eventId ?? '';
    await cairn.post(`${district}/schools/${kelley}/adoptions/blended-learning/start`, { occurredAt: '2025-03-03' }).expect(200);
    await cairn.post(`${adoptions()}/advance-stage`, { occurredAt: '2025-05-05' }).expect(200);
  });
  afterAll(() => cairn.stop());

  const tomorrow = new Date(Date.now() + 86_400_000 * 2).toISOString().slice(0, 10);

  test.each<[string, string, () => object, number, string]>([
    ['a skipped stage', 'advance-stage', () => ({ occurredAt: '2025-06-02', to: 'full-implementation' }), 409, 'stage-skipped'],
    ['a late fact that breaks a later one', 'advance-stage', () => ({ occurredAt: '2025-04-01' }), 409, 'later-fact-broken'],
    ['a correction that breaks a later fact', 'correct', () => ({ correctsEventId: startedId, reason: 'x', occurredAt: '2025-06-01' }), 409, 'later-fact-broken'],
    ['a fact in the future', 'pause', () => ({ occurredAt: tomorrow, reason: 'x' }), 422, 'fact-in-future'],
    ['a fact before the school opened', 'record-fidelity', () => ({ occurredAt: '2024-12-31', score: 0.5, window: 'w' }), 422, 'fact-before-school-opened'],
    ['31 February', 'pause', () => ({ occurredAt: '2025-02-31', reason: 'x' }), 400, 'bad-input'],
    ['a pause without a reason', 'pause', () => ({ occurredAt: '2025-06-02' }), 422, 'reason-missing'],
    ['Initial Implementation without evidence', 'advance-stage', () => ({ occurredAt: '2025-06-02' }), 422, 'evidence-missing'],
    ['a correction of an event of another stream', 'correct', () => ({ correctsEventId: nobody, reason: 'x', withdrawn: true }), 404, 'fact-unknown'],
    ['a member that is not known', 'pause', () => ({ occurredAt: '2025-06-02', reason: 'x', colour: 'red' }), 400, 'bad-input'],
    ['a score over one', 'record-fidelity', () => ({ occurredAt: '2025-06-02', score: 1.1, window: 'w' }), 400, 'bad-input'],
    ['a window of 41 characters', 'record-fidelity', () => ({ occurredAt: '2025-06-02', score: 1, window: 'w'.repeat(41) }), 400, 'bad-input'],
    ['a stage that does not exist', 'override-stage', () => ({ occurredAt: '2025-06-02', to: 'done', reason: 'x' }), 400, 'bad-input'],
    ['a command that does not exist', 'finish', () => ({ occurredAt: '2025-06-02' }), 404, 'not-found'],
  ])('%s', async (_name, command, body, status, problem) => {
    const before = await position();
    const refused = await cairn.post(`${adoptions()}/${command}`, body());
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ type: `/problems/${problem}`, status, title: expect.any(String), detail: expect.any(String) });
    expect(refused.status).toBe(status);
    expect(await position()).toBe(before);
  });

  test('Full Implementation without fidelity in two windows', async () => {
    const kelleys = `${district}/schools/${kelley}/adoptions/blended-learning`;
    await cairn.post(`${kelleys}/advance-stage`, { occurredAt: '2025-04-01' }).expect(200);
    await cairn.post(`${kelleys}/advance-stage`, { occurredAt: '2025-05-01', evidence: 'seen' }).expect(200);
    await cairn.post(`${kelleys}/record-fidelity`, { occurredAt: '2025-06-01', score: 0.71, window: 'spring 2025' }).expect(200);
    const refused = await cairn.post(`${kelleys}/advance-stage`, { occurredAt: '2025-07-01' }).expect(409);
    expect(refused.body).toMatchObject({ type: '/problems/fidelity-missing', cut: 0.7, windows: [{ window: 'spring 2025', score: 0.71 }] });
  });

  test('the fact that would be broken is named', async () => {
    const refused = await cairn.post(`${adoptions()}/correct`, { correctsEventId: startedId, reason: 'x', withdrawn: true }).expect(409);
    expect(refused.body).toMatchObject({ type: '/problems/later-fact-broken', eventId: expect.stringMatching(/^[0-9a-f-]{36}$/), occurredAt: '2025-05-05T05:00:00.000Z' });
  });

  test('a school, an initiative or a district that is not known', async () => {
    const body = { occurredAt: '2025-06-02' };
    for (const [path, problem] of [
      [`${district}/schools/${nobody}/adoptions/blended-learning`, 'unknown-school'],
      [`${district}/schools/${amqui}/adoptions/nothing`, 'unknown-initiative'],
      [`/api/districts/nowhere/schools/${amqui}/adoptions/blended-learning`, 'unknown-district'],
    ]) {
      const refused = await cairn.post(`${path}/start`, body).expect(404);
      expect(refused.body).toMatchObject({ type: `/problems/${problem}` });
    }
    await cairn.get(`/api/districts/nowhere/adoption?initiative=blended-learning`).expect(404);
  });

  test("another district's data", async () => {
    await cairn.post(`/api/districts/elsewhere/schools/${amqui}/adoptions/blended-learning/pause`, { occurredAt: '2025-06-02', reason: 'x' }).expect(404);
    await cairn.get(`/api/districts/elsewhere/schools/${amqui}/history`).expect(404);
    await cairn.get(`/api/districts/elsewhere/events/${startedId}`).expect(404);
  });

  test('a version that is not the newest, and one that is', async () => {
    const path = `${adoptions()}/record-fidelity`;
    const body = { occurredAt: '2025-06-02', score: 0.5, window: 'w' };
    const refused = await cairn.post(path, body).set('If-Match', '"1"').expect(412);
    expect(refused.body).toMatchObject({ type: '/problems/version-mismatch', expected: 1, actual: 2 });
    await cairn.post(path, body).set('If-Match', '"2"').expect(200);
  });

  test('a key used again: the same body gets the old answer, another is refused', async () => {
    const path = `${adoptions()}/record-fidelity`;
    const first = await cairn.post(path, { occurredAt: '2025-06-03', score: 0.5, window: 'w' }).set('Idempotency-Key', 'k-1').expect(200);
    const again = await cairn.post(path, { occurredAt: '2025-06-03', score: 0.5, window: 'w' }).set('Idempotency-Key', 'k-1').expect(200);
    expect(again.body).toEqual(first.body);
    const other = await cairn.post(path, { occurredAt: '2025-06-03', score: 0.6, window: 'w' }).set('Idempotency-Key', 'k-1').expect(409);
    expect(other.body).toMatchObject({ type: '/problems/idempotency-key-reused' });
  });

  test('bodies that are malformed, not UTF-8, or too large', async () => {
    const send = (content: string | Buffer) =>
      request(cairn.platform.url)
        .post(`${adoptions()}/pause`)
        .set('Authorization', `Bearer ${cairn.platform.token}`)
        .set('Content-Type', 'application/json')
        .send(content);
    expect((await send('{"occurredAt":')).status).toBe(400);
    expect((await send(Buffer.from('{"occurredAt":"2025-06-02","reason":"\xff"}', 'latin1'))).status).toBe(400);
    expect((await send('[1]')).status).toBe(400);
    expect((await send(JSON.stringify({ reason: 'x'.repeat(1_048_577) }))).status).toBe(413);
    const imports = `${district}/roster-imports?mode=dry-run&effective=2025-08-01`;
    expect((await cairn.csv(imports, Buffer.alloc(10_485_761, 'a'))).status).toBe(413);
    expect((await cairn.csv(imports, Buffer.from(`${schoolsCsv}0190,M,1,\xff,2024,1\n`, 'latin1'))).status).toBe(400);
    expect((await cairn.csv(imports, 'school_id,enrollment\n1,2\n')).status).toBe(400);
  });

  test('bodies of another kind, or in another encoding', async () => {
    const send = (type: string, content: string | Buffer) =>
      request(cairn.platform.url)
        .post(`${adoptions()}/pause`)
        .set('Authorization', `Bearer ${cairn.platform.token}`)
        .set('Content-Type', type)
        .send(content);
    for (const [type, content] of [
      ['text/plain', 'occurredAt=2025-06-02'],
      ['application/x-www-form-urlencoded', 'occurredAt=2025-06-02'],
      ['application/json; charset=utf-16', Buffer.from('{"occurredAt":"2025-06-02","reason":"x"}', 'utf16le')],
      ['text/csv; charset=iso-8859-1', schoolsCsv],
    ] as const) {
      const refused = await send(type, content);
      expect({ type, status: refused.status }).toEqual({ type, status: 415 });
      expect(refused.headers['content-type']).toContain('application/problem+json');
    }
  });

  test('pages have limits', async () => {
    await cairn.get(`${district}/schools?limit=0`).expect(400);
    await cairn.get(`${district}/schools?limit=501`).expect(400);
    await cairn.get(`${district}/schools?limit=many`).expect(400);
    const { body } = await cairn.get(`${district}/schools?limit=2`).expect(200);
    const first = body as { items: { schoolId: string }[]; next?: string };
    expect(first.items).toHaveLength(2);
    const rest = await cairn.get(`${district}/schools?limit=2&after=${encodeURIComponent(first.next ?? '')}`).expect(200);
    expect((rest.body as { items: object[]; next?: string }).items).toHaveLength(1);
    expect(rest.body).not.toHaveProperty('next');
  });

  test('a position that is not one, and one that is not reached', async () => {
    await cairn.get(`${district}/schools?min-position=soon`).expect(400);
    const late = await cairn.get(`${district}/schools?min-position=scaling-plan:999999`).expect(503);
    expect(late.headers['retry-after']).toBeDefined();
  });

  test('every route but health needs a principal', async () => {
    const anonymous = request(cairn.platform.url);
    await anonymous.get('/api/health/live').expect(200);
    await anonymous.get('/api/health/ready').expect(200);
    for (const path of ['/api/districts', `${district}/schools`, '/api/session', '/api/openapi.json']) {
      const refused = await anonymous.get(path).expect(401);
      expect(refused.body).toMatchObject({ type: '/problems/unauthenticated' });
    }
    await anonymous.get('/api/districts').set('Authorization', 'Bearer nonsense').expect(401);
  });

  test('an analyst reads and does not write; what is outside of the scope is not there', async () => {
    const browser = request.agent(cairn.platform.url);
    await browser.post('/api/session').set('X-Requested-With', 'cairn').send({ personId: 'analyst-novak' }).expect(200);
    await browser.get(`${district}/schools`).expect(404);
    await browser.post('/api/districts').set('X-Requested-With', 'cairn').send({ districtId: 'mine', name: 'Mine', timeZone: 'UTC' }).expect(403);
  });

  test('a page of another origin cannot use the session', async () => {
    const browser = request.agent(cairn.platform.url);
    await browser.post('/api/session').set('X-Requested-With', 'cairn').send({ personId: 'operator-rivera' }).expect(200);
    await browser.post('/api/districts').send({ districtId: 'forged', name: 'Forged', timeZone: 'UTC' }).expect(403);
    await browser.get('/api/districts').expect(200);
  });
});
