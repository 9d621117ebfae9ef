import { randomUUID } from 'node:crypto';

import { startDirectory } from '@cairn/directory';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { testKafka } from '@cairn/engines/testing';
import { eventually } from '@cairn/event-bus/testing';
import { provisionDatabase } from '@cairn/service-kit';
import type { RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import { afterEach, expect, test } from '@jest/globals';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
}, 60_000);

const newDatabase = async (): Promise<string> => {
  const database = await testDatabase();
  closing.push(() => database.drop());
  await provisionDatabase(database.url, ['directory']);
  return database.url;
};

test('two installations that were given the same topics: the second one says so instead of being ready', async () => {
  const kafka = { brokers: (await testKafka()).brokers, topicPrefix: `two-${randomUUID()}.` };
  const { identity } = testIdentity();
  const start = async (databaseUrl: string): Promise<RunningService> => {
    const service = await startDirectory({ databaseUrl, host: '127.0.0.1', port: 0, logLevel: 'silent', identity, kafka });
    closing.push(() => service.close());
    return service;
  };
  const ready = async ({ url }: RunningService): Promise<string> => {
    const answer = await fetch(`${url}/api/health/ready`);
    return answer.ok ? 'ready' : answer.text();
  };
  const databaseUrl = await newDatabase();
  const first = await start(databaseUrl);
  await eventually('the first is ready', async () => (await ready(first)) === 'ready', 30_000);
  const second = await start(await newDatabase());
  await eventually('the second says why not', async () => (await ready(second)).includes('carries the facts of another installation'), 30_000);
  expect(await ready(first)).toBe('ready');
  await first.close();
  const again = await start(databaseUrl);
  await eventually('the first is ready again', async () => (await ready(again)) === 'ready', 30_000);
  expect(await ready(second)).toContain('cairn.directory.v1');
}, 120_000);
