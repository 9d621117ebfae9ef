import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processWith } from '@cairn/embedded-postgres';
import { askMetadata } from '../kafka/ask-metadata.js';
import { startKafka } from './start-kafka.js';
import type { RunningKafka } from './start-kafka.js';

let folder: string;
let kafka: RunningKafka;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-engines-'));
  kafka = await startKafka({ dataDir: folder });
});

afterAll(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const address = (): string => kafka.brokers[0] ?? '';
const answers = (): Promise<boolean> => askMetadata(address(), 2_000).then(() => true, () => false);

describe('a broker of a test’s own', () => {
  test('takes requests on loopback as soon as it has started', async () => {
    expect(address()).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await askMetadata(address(), 5_000)).toEqual({ brokers: [address()], controllerId: 1 });
  });

  test('is gone once killed, and comes back with the same address', async () => {
    const [before, pid] = [address(), kafka.pid];
    await kafka.kill();
    expect(await processWith(pid)).toBeUndefined();
    expect(await answers()).toBe(false);
    await kafka.restart();
    expect(address()).toBe(before);
    expect(kafka.pid).not.toBe(pid);
    expect(await answers()).toBe(true);
  });

  test('is restarted while it runs', async () => {
    const { pid } = kafka;
    await kafka.restart();
    expect(await processWith(pid)).toBeUndefined();
    expect(await answers()).toBe(true);
  });

  test('may be stopped twice', async () => {
    await kafka.stop();
    await kafka.stop();
    expect(await answers()).toBe(false);
  });
});
