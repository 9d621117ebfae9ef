import { describe, expect, test } from '@jest/globals';

import { isUnreachable, problemOf, ServiceUnreachable, withoutUnchanged } from './problem.js';

describe('no answer', () => {
  test('is also a part of the page that did not arrive', () => {
    expect(isUnreachable(new ServiceUnreachable('no answer'))).toBe(true);
    expect(isUnreachable(new TypeError('Failed to fetch dynamically imported module: http://127.0.0.1:3000/assets/x.js'))).toBe(true);
    expect(isUnreachable(new Error('Unable to preload CSS for /assets/x.css'))).toBe(true);
    expect(isUnreachable(new TypeError('x is undefined'))).toBe(false);
  });
});

describe('a refusal', () => {
  test.each([
    ['The header lacks: school_id. Nothing was changed.', 'The header lacks: school_id.'],
    ['You have seen version 3. Nothing was changed. Read it again.', 'You have seen version 3. Read it again.'],
    ['The directory is still reading. Nothing was changed; try again shortly.', 'The directory is still reading. Try again shortly.'],
    ['Nothing was changed.', ''],
    ['The school was not open yet.', 'The school was not open yet.'],
  ])('%s', (detail, said) => {
    expect(withoutUnchanged(detail)).toBe(said);
  });

  test('keeps that nothing was changed beside the words, also when the service was not ready', async () => {
    const body = { title: 'Not ready', status: 503, detail: 'Still reading. Nothing was changed; try again shortly.', errors: [{ field: 'a', detail: 'No. Nothing was changed.' }] };
    const { problem, retryAfter_ms } = await problemOf(new Response(JSON.stringify(body), { status: 503, headers: { 'retry-after': '2' } }));
    expect(problem).toMatchObject({ detail: 'Still reading. Try again shortly.', unchanged: true, errors: [{ field: 'a', detail: 'No.' }] });
    expect(retryAfter_ms).toBe(2_000);
  });

  test('a failure whose effect nobody knows does not say so', async () => {
    const { problem } = await problemOf(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    expect(problem).toMatchObject({ title: '502 Bad Gateway', errors: [] });
    expect(problem.unchanged).toBeUndefined();
  });
});
