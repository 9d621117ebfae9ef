import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import request from 'supertest';

import { idOf, PlatformUnderTest } from './platform-under-test.js';

const commands = [
  'start', 'advance-stage', 'regress-stage', 'override-stage', 'pause', 'resume', 'abandon', 'restart', 'record-fidelity', 'correct',
] as const;

/** Bodies that look right in some members and are anything in others. */
const anyBody = fc.oneof(
  fc.json(),
  fc.dictionary(fc.constantFrom('occurredAt', 'to', 'reason', 'evidence', 'score', 'window', 'correctsEventId', 'withdrawn', '__proto__', 'constructor'), fc.jsonValue()).map((body) => JSON.stringify(body)),
  fc.string({ unit: 'binary' }),
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
});
