import { describe, expect, test } from '@jest/globals';
import { brokerSettings, renderProperties } from './server-properties.js';

const settings = brokerSettings({ broker: 20_001, controller: 20_002 }, '/data/kafka');

describe('the settings of the broker', () => {
  test('bind every listener to loopback', () => {
    const addresses = ['listeners', 'advertised.listeners', 'controller.quorum.voters'].flatMap((name) => (settings[name] ?? '').split(','));
    expect(addresses).toEqual([
      'PLAINTEXT://127.0.0.1:20001',
      'CONTROLLER://127.0.0.1:20002',
      'PLAINTEXT://127.0.0.1:20001',
      '1@127.0.0.1:20002',
    ]);
  });

  test('take the largest message of Cairn with its headers', () => {
    expect(Number(settings['message.max.bytes'])).toBeGreaterThan(1_100_000 + 16 * 1024);
    expect(settings['replica.fetch.max.bytes']).toBe(settings['message.max.bytes']);
  });

  test('keep messages and offsets until someone says otherwise, and make no topic by accident', () => {
    expect(settings).toMatchObject({
      'log.retention.ms': '-1',
      'log.retention.bytes': '-1',
      'offsets.retention.minutes': '2147483647',
      'auto.create.topics.enable': 'false',
    });
  });

  test('are written one a line, with a backslash doubled as Java wants it', () => {
    expect(renderProperties({ a: '1', 'log.dirs': 'C:\\data' })).toBe('# Written at each start.\na=1\nlog.dirs=C:\\\\data\n');
  });
});
