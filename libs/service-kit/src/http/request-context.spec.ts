import { describe, expect, test } from '@jest/globals';
import type { Request, Response } from 'express';

import { contextOf, requestContext } from './request-context.js';

/** A request with this correlation id, or without any. */
const requestWith = (correlationId?: string): Request => {
  const headers: Record<string, string> = correlationId === undefined ? {} : { 'x-correlation-id': correlationId };
  return { headers, header: (name: string) => headers[name] } as unknown as Request;
};

/** What a service answers as its correlation id. */
const answeredTo = (request: Request): string | undefined => {
  const answered = new Map<string, string>();
  requestContext(request, { setHeader: (name: string, value: string) => answered.set(name, value) } as unknown as Response, () => undefined);
  return answered.get('X-Correlation-Id');
};

describe('the correlation id of a request', () => {
  test("is the caller's", () => {
    const request = requestWith('import-2025:7');
    expect(answeredTo(request)).toBe('import-2025:7');
    expect(contextOf(request)).toEqual({ correlationId: 'import-2025:7' });
  });

  test.each([undefined, '', 'two words', 'x'.repeat(101), 'a\nline'])('is a new one where the caller sends none that can be told: %j', (sent) => {
    const [one, another] = [requestWith(sent), requestWith(sent)];
    const id = answeredTo(one);
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(answeredTo(another)).not.toBe(id);
    expect(contextOf(one)).toEqual({ correlationId: id });
  });

  test('is the same for everybody whom the request is passed on to', () => {
    const request = requestWith();
    const atTheDoor = answeredTo(request);
    expect(answeredTo(request)).toBe(atTheDoor);
  });

  test('is not there before the request was seen', () => {
    expect(contextOf(requestWith('seen-by-nobody'))).toBeUndefined();
  });
});
