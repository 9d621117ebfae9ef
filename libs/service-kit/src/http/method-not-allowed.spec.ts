import { describe, expect, test } from '@jest/globals';

import { methodNotAllowed } from './method-not-allowed.js';
import { ProblemException } from './problem.js';

const operation = { responses: {} };
const document = {
  paths: {
    '/api/districts': { get: operation, post: operation },
    '/api/districts/{districtId}/schools': { get: operation },
    '/api/districts/{districtId}/schools/{schoolId}/start': { post: operation },
    '/api/services/a.b': { get: operation },
  },
};

const asked = (method: string, path: string, described: typeof document | undefined = document): ProblemException | undefined => {
  let passed: unknown = 'nothing was called';
  methodNotAllowed(() => described)({ method, path } as never, {} as never, (failure?: unknown) => (passed = failure));
  if (passed === undefined || passed instanceof ProblemException) return passed;
  throw passed;
};

describe('a path that is there, asked in a way that it does not offer', () => {
  test.each([
    ['PUT', '/api/districts', 'GET, POST, HEAD'],
    ['DELETE', '/api/districts/mnps/schools', 'GET, HEAD'],
    ['PATCH', '/api/districts/mnps/schools/', 'GET, HEAD'],
    ['POST', '/API/Districts/mnps/Schools', 'GET, HEAD'],
    ['HEAD', '/api/districts/mnps/schools/1/start', 'POST'],
    ['TRACE', '/api/districts', 'GET, POST, HEAD'],
  ])('%s %s is a 405 that allows %s', (method, path, allow) => {
    const told = asked(method, path);
    expect(told?.problem).toMatchObject({ status: 405, type: '/problems/method-not-allowed' });
    expect(told?.headers).toEqual({ Allow: allow });
  });

  test.each([
    ['GET', '/api/districts'],
    ['HEAD', '/api/districts'],
    ['OPTIONS', '/api/districts'],
    ['PUT', '/api/nothing'],
    ['PUT', '/api/districts/a/b/schools'],
    ['PUT', '/api/services/axb'],
  ])('%s %s is left to the routes', (method, path) => {
    expect(asked(method, path)).toBeUndefined();
  });

  test('is not known before the service is set up', () => {
    expect(methodNotAllowed(() => undefined)).toBeInstanceOf(Function);
    expect(asked('PUT', '/api/districts', { paths: {} } as typeof document)).toBeUndefined();
  });
});
