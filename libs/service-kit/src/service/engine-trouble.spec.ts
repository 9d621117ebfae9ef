import { EventBusUnavailableError } from '@cairn/event-bus';
import { describe, expect, test } from '@jest/globals';

import { engineTrouble, requireSupportedPostgres } from './engine-trouble.js';

const failed = (message: string, code?: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), code === undefined ? {} : { code });

describe('what is wrong with an engine, in a sentence', () => {
  const postgres = { kind: 'postgresql', address: 'db.example:5432/cairn', variable: 'DATABASE_URL' } as const;
  const kafka = { kind: 'kafka', address: 'one:9092,two:9092', variable: 'KAFKA_BROKERS' } as const;

  test.each<[unknown, string]>([
    [failed('connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED'), 'does not take connections. Check that it runs there, and the host and port in DATABASE_URL.'],
    [failed('getaddrinfo ENOTFOUND db.example', 'ENOTFOUND'), 'cannot be found: its name has no address. Check the host in DATABASE_URL.'],
    [failed('password authentication failed for user "owner"', '28P01'), 'refuses the user or the password. Check both in DATABASE_URL'],
    [failed('database "cairn" does not exist', '3D000'), 'has no such database.'],
    [failed('role "cairn_directory" does not exist', '22023'), 'is not prepared for this service'],
    [failed('relation "directory_store.es_head" does not exist', '42P01'), 'is not prepared for this service'],
    [failed('sorry, too many clients already', '53300'), 'takes no more connections.'],
    [failed('timeout expired'), 'does not answer in time.'],
    [failed('The server does not support SSL connections'), 'cannot be talked to in this way: its TLS differs.'],
    [failed('something else'), 'does not answer. Check that it runs there and is well, and DATABASE_URL.'],
    [undefined, 'does not answer.'],
  ])('%s', (error, words) => {
    expect(engineTrouble(postgres, error).message).toContain(`PostgreSQL at db.example:5432/cairn ${words}`);
  });

  test('is found within what adapters wrap around it', () => {
    const wrapped = new EventBusUnavailableError('Kafka is away', { cause: failed('retries', undefined, failed('connect ECONNREFUSED 10.0.0.1:9092')) });
    expect(engineTrouble(kafka, wrapped).message).toBe(
      'Kafka at one:9092,two:9092 does not take connections. Check that it runs there, and the host and port in KAFKA_BROKERS.',
    );
    const refused = new EventBusUnavailableError('Kafka does not accept the credentials (nobody knows you)');
    expect(engineTrouble(kafka, refused).message).toContain('refuses the user or the password. Check both in KAFKA_BROKERS');
  });

  test('of several addresses that were tried it is the first that says something', () => {
    const several = new AggregateError([failed('connect ECONNREFUSED ::1:5432', 'ECONNREFUSED')], '');
    expect(engineTrouble(postgres, several).message).toContain('does not take connections');
  });
});

describe('the version of PostgreSQL', () => {
  test.each(['150000', '180001'])('%s will do', (version) => {
    expect(() => requireSupportedPostgres(version, 'db.example')).not.toThrow();
  });

  test.each([['140011', 14], ['90624', 9]])('%s is too old, and that is said', (version, major) => {
    expect(() => requireSupportedPostgres(version, 'db.example')).toThrow(
      `PostgreSQL at db.example is version ${major}; this platform needs 15 or newer. Upgrade it, or name another one in DATABASE_URL.`,
    );
  });
});
