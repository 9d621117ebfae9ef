import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import request from 'supertest';

import { idOf, PlatformUnderTest, schoolsCsv } from './platform-under-test.js';

const commands = [
  'start', 'advance-stage', 'regress-stage', 'override-stage', 'pause', 'resume', 'abandon', 'restart', 'record-fidelity', 'correct',
] as const;

/** Bodies that look right in some members and are anything in others. */
const anyBody = fc.oneof(
  fc.json(),
  fc.dictionary(fc.constantFrom('occurredAt', 'to', 'reason', 'evidence', 'score', 'window', 'correctsEventId', 'withdrawn', '__proto__', 'constructor'), fc.jsonValue()).map((body) => JSON.stringify(body)),
  fc.string({ unit: 'binary' }),
);

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.tuple(fc.string({ maxLength: 8 }), fc.constantFrom('\u0000', '\u0007', '\u0085', '\ud83e', '\n'), fc.string({ maxLength: 8 })).map((parts) => parts.join('')),
);

/** Days and instants that exist, at the edges of what a calendar can say. */
const edgeOfTime = fc.constantFrom(
  '0000-01-01', '0001-01-01', '1899-12-31', '1900-01-01', '2200-12-31', '2201-01-01', '9999-12-31', '0000-01-01T00:00:00Z',
  '1900-01-01T00:00:00+14:00', '2200-12-31T23:59:59.999-14:00', '9999-12-31T23:59:59-14:00', '9999-12-31T23:59:59.999Z',
);

describe('whatever is sent to the edge of a command', () => {
  let cairn: PlatformUnderTest;
  let amqui: string;

  beforeAll(async () => {
    cairn = await PlatformUnderTest.start();
    amqui = idOf(await cairn.district('fuzzed'), 'Amqui Elementary');
  });
  afterAll(() => cairn.stop());

  test('is answered with a result or a problem, never with a failure of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...commands), anyBody, async (command, body) => {
        const answer = await request(cairn.platform.url)
          .post(`/api/districts/fuzzed/schools/${amqui}/adoptions/blended-learning/${command}`)
          .set('Authorization', `Bearer ${cairn.platform.token}`)
          .set('Content-Type', 'application/json')
          .send(body);
        expect(answer.status).toBeLessThan(500);
        if (answer.status === 200) return;
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.body).toMatchObject({ status: answer.status, type: expect.stringMatching(/^\/problems\//), title: expect.any(String) });
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  test('as a path, a query or a key is answered likewise', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).map(encodeURIComponent);
    await fc.assert(
      fc.asyncProperty(text, text, text, async (school, query, key) => {
        const path = `/api/districts/fuzzed/schools/${school}/history?limit=${query}&after=${query}`;
        const answer = await cairn.get(path).set('Idempotency-Key', key);
        expect(answer.status).toBeLessThan(500);
        const listed = await cairn.get(`/api/districts/fuzzed/schools?q=${query}&after=${query}`);
        expect(listed.status).toBeLessThan(500);
        const adoption = await cairn.get(`/api/districts/fuzzed/adoption?initiative=${query}&effective=${query}`);
        expect(adoption.status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test('as the words of a district or an initiative is kept, or refused before it is on record', async () => {
    const id = fc.string({ unit: fc.constantFrom(...'abc0-'), minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(id, anyText, anyText, async (districtId, name, description) => {
        const registered = await cairn.post('/api/districts', { districtId, name, timeZone: 'UTC' });
        expect([201, 400, 409]).toContain(registered.status);
        const defined = await cairn.post('/api/districts/fuzzed/initiatives', { name, description });
        expect([201, 400, 409]).toContain(defined.status);
      }),
      { numRuns: 120 },
    );
  }, 120_000);

  test('as a time at the edges of the calendar is answered likewise', async () => {
    const path = '/api/districts/fuzzed';
    await fc.assert(
      fc.asyncProperty(edgeOfTime, edgeOfTime, async (first, second) => {
        const [one, other] = [first, second].map(encodeURIComponent);
        const answers = await Promise.all([
          cairn.get(`${path}/schools?effective=${one}&recorded=${other}`),
          cairn.get(`${path}/adoption?initiative=blended-learning&effective=${one}&recorded=${other}`),
          cairn.get(`${path}/adoption/trend?initiative=blended-learning&from=${one}&to=${other}&recorded=${one}`),
          cairn.get(`${path}/adoption/changes?initiative=blended-learning&from=${one}&to=${other}&recordedFrom=${other}&recordedTo=${one}`),
          cairn.csv(`${path}/roster-imports?mode=dry-run&effective=${one}`, schoolsCsv),
          cairn.post(`${path}/schools/${amqui}/adoptions/blended-learning/start`, { occurredAt: first }),
        ]);
        for (const { status } of answers) expect(status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test.each([
    ['/api/districts?after=%00', 400],
    ['/api/districts/fuzzed/initiatives?after=%00', 400],
    ['/api/districts/fuzzed/schools?after=%00', 400],
    ['/api/districts/fuzzed/schools?min-position=directory:abc', 400],
    ['/api/districts?min-position=directory:abc', 400],
    ['/api/districts/x%00y/initiatives', 404],
    ['/api/districts/fuzzed/schools/x%00y/history', 404],
    ['/api/districts/fuzzed/events/x%00y', 404],
  ])('%s is answered %d', async (path, status) => {
    expect((await cairn.get(path)).status).toBe(status);
  });

  test.each(['x%00y/adoptions/blended-learning', '99999999-9999-4999-8999-999999999999/adoptions/x%00y'])(
    'a command about %s is about nothing',
    async (path) => {
      await cairn.post(`/api/districts/fuzzed/schools/${path}/start`, { occurredAt: '2025-06-02' }).expect(404);
    },
  );

  test('leaves the platform ready, and answering', async () => {
    await cairn.get('/api/health/ready').expect(200);
    const registered = await cairn.post('/api/districts', { districtId: 'after-all', name: 'After all', timeZone: 'UTC' }).expect(201);
    const { position } = registered.body as { position: string };
    const listed = await cairn.get(`/api/districts/after-all/initiatives?min-position=${position}`).expect(200);
    expect(listed.body).toEqual({ items: [] });
    await cairn.get(`/api/districts/after-all/schools?min-position=${position}`).expect(200);
  });
});
