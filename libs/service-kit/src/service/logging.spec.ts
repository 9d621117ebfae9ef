import { describe, expect, test } from '@jest/globals';
import { QueryFailedError } from 'typeorm';

import { openLogger } from './logging.js';

const written = (log: (logger: ReturnType<typeof openLogger>) => void): string => {
  const lines: string[] = [];
  log(openLogger('test', 'info', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
};

const failure = (): Error => {
  const driverError = Object.assign(new Error('duplicate key value'), { code: '23505', detail: 'Key (name)=(what people wrote) exists' });
  return new QueryFailedError('INSERT INTO district VALUES ($1)', ['what people wrote'], driverError);
};

describe('a failure in the log', () => {
  test.each<[string, (logger: ReturnType<typeof openLogger>, error: Error) => void]>([
    ['as a member', (logger, error) => logger.error({ err: error }, 'request failed')],
    ['alone', (logger, error) => logger.error(error)],
    ['as a cause', (logger, error) => logger.error({ err: new Error('outer', { cause: error }) }, 'request failed')],
    ['as what is no error', (logger, error) => logger.error({ err: { ...error } }, 'request failed')],
  ])('%s tells nothing of what people wrote', (_name, log) => {
    const text = written((logger) => log(logger, failure()));
    expect(text).toContain('"level":50');
    expect(text).not.toContain('what people wrote');
  });

  test('tells its type, message, stack and code', () => {
    const { err } = JSON.parse(written((logger) => logger.error({ err: failure() }, 'request failed'))) as { err: object };
    expect(err).toEqual({ type: 'QueryFailedError', message: 'duplicate key value', stack: expect.stringContaining('logging.spec'), code: '23505' });
  });
});
