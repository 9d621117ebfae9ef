import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { configFrom } from './config.js';
import { ConfigurationError } from './configuration-error.js';

const bare = { DATABASE_URL: 'postgresql://db.example/cairn', CAIRN_LOCAL_PUBLIC_KEY: 'a key' };

describe('the engines of a service', () => {
  test('are PostgreSQL alone unless others are named', () => {
    const config = configFrom({ ...bare, KAFKA_BROKERS: '', EVENT_STORE_URL: ' ' });
    expect(config).not.toHaveProperty('kafka');
    expect(config).not.toHaveProperty('eventStore');
    expect(config.prepareDatabase).toBe(false);
  });

  test('are those that the environment names', () => {
    const config = configFrom({
      ...bare,
      KAFKA_BROKERS: 'one.example:9092, [::1]:9093',
      KAFKA_TOPIC_PREFIX: 'north.',
      KAFKA_SSL: '1',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'cairn',
      KAFKA_SASL_PASSWORD: ' s3cret ',
      EVENT_STORE_URL: 'esdb+discover://admin:changeit@store.example:2113?tls=true',
      EVENT_STORE_NAMESPACE: 'north',
    });
    expect(config.kafka).toEqual({
      brokers: ['one.example:9092', '[::1]:9093'],
      topicPrefix: 'north.',
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'cairn', password: ' s3cret ' },
    });
    expect(config.eventStore).toEqual({ url: 'esdb+discover://admin:changeit@store.example:2113?tls=true', namespace: 'north' });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'one.example' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'one.example:9092,,two.example:9092' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka://cairn:s3cret@one.example:9092' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'one.example:0' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'one.example:65536' }],
    ['KAFKA_SSL', { KAFKA_BROKERS: 'one.example:9092', KAFKA_SSL: 'perhaps' }],
    ['KAFKA_SASL_USERNAME', { KAFKA_BROKERS: 'one.example:9092', KAFKA_SASL_PASSWORD: 's3cret' }],
    ['KAFKA_SASL_PASSWORD', { KAFKA_BROKERS: 'one.example:9092', KAFKA_SASL_USERNAME: 'cairn' }],
    ['KAFKA_SASL_MECHANISM', { KAFKA_BROKERS: 'one.example:9092', KAFKA_SASL_USERNAME: 'cairn', KAFKA_SASL_PASSWORD: 's3cret', KAFKA_SASL_MECHANISM: 'aws' }],
    ['KAFKA_SASL_PASSWORD', { KAFKA_SASL_PASSWORD: 's3cret' }],
    ['KAFKA_TOPIC_PREFIX', { KAFKA_BROKERS: 'one.example:9092', KAFKA_TOPIC_PREFIX: 'two words' }],
    ['EVENT_STORE_URL', { EVENT_STORE_URL: 'http://admin:s3cret@store.example:2113' }],
    ['EVENT_STORE_URL', { EVENT_STORE_URL: 'esdb://' }],
    ['EVENT_STORE_NAMESPACE', { EVENT_STORE_NAMESPACE: 'north' }],
    ['EVENT_STORE_NAMESPACE', { EVENT_STORE_URL: 'esdb://store.example:2113', EVENT_STORE_NAMESPACE: 'two words' }],
    ['CAIRN_PREPARE_DATABASE', { CAIRN_PREPARE_DATABASE: 'yes' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://cairn:s3cret@db.example/cairn' }],
    ['PORT', { PORT: 'http' }],
  ])('a wrong %s is named, with what to do, and no secret', (name, more) => {
    let told = '';
    try {
      configFrom({ ...bare, ...more });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      told = (error as Error).message;
    }
    expect(told).toContain(`${name}: `);
    expect(told).not.toContain('s3cret');
  });
});

test('everything that is wrong is told at once', () => {
  expect(() => configFrom({ EVENT_STORE_URL: 'http://store.example' })).toThrow(
    /DATABASE_URL: It is not set\. .*OIDC_ISSUER and OIDC_JWKS_URI.*EVENT_STORE_URL: Give an EventStoreDB URL/,
  );
});

describe('the key of local mode', () => {
  test('may stand in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cairn-key-'));
    const file = join(folder, 'public.pem');
    await writeFile(file, 'the key in a file');
    const { CAIRN_LOCAL_PUBLIC_KEY: _none, ...without } = bare;
    expect(configFrom({ ...without, CAIRN_LOCAL_PUBLIC_KEY_FILE: file }).identity).toMatchObject({ mode: 'local', publicKeyPem: 'the key in a file' });
    await rm(folder, { recursive: true });
    expect(() => configFrom({ ...without, CAIRN_LOCAL_PUBLIC_KEY_FILE: file })).toThrow('CAIRN_LOCAL_PUBLIC_KEY_FILE: The file that it names cannot be read (ENOENT)');
  });
});
