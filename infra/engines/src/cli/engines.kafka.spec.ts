import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processWith } from '@cairn/embedded-postgres';
import { askMetadata } from '../kafka/ask-metadata.js';
import { killProcess } from '../kafka/end-process.js';
import type { MavenState } from '../state/engines-state.js';
import { identityOf, readEnginesState, writeEnginesState } from '../state/engines-state.js';
import { start } from './start.command.js';
import { stop } from './stop.command.js';

let dir: string;
const printed: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-engines-cli-'));
  jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterAll(async () => {
  await stop(dir);
  jest.restoreAllMocks();
  await rm(dir, { recursive: true, force: true });
});

const state = async (): Promise<MavenState> => {
  const found = await readEnginesState(dir);
  if (found?.by !== 'maven') throw new Error('no broker of Maven');
  return found;
};

const answersAt = (broker: string | undefined): Promise<boolean> => askMetadata(broker ?? '', 2_000).then(() => true, () => false);

describe('engines:start and engines:stop', () => {
  test('start one broker, however often and from however many places', async () => {
    await Promise.all([start(dir, 'maven'), start(dir, 'maven')]);
    const { brokers, pid } = await state();
    expect(await answersAt(brokers[0])).toBe(true);
    await start(dir);
    expect((await state()).pid).toBe(pid);
    expect(printed).toEqual(Array(3).fill(`export KAFKA_BROKERS=${brokers[0]}`));
  });

  test('start a broker that was killed again, at its address', async () => {
    const before = await state();
    await killProcess(identityOf(before));
    await start(dir, 'maven');
    const after = await state();
    expect(after.brokers).toEqual(before.brokers);
    expect(after.pid).not.toBe(before.pid);
    expect(await answersAt(after.brokers[0])).toBe(true);
  });

  test('stop it within a time limit, and find nothing to stop then', async () => {
    const { pid, brokers } = await state();
    await stop(dir);
    expect(await processWith(pid)).toBeUndefined();
    expect(await answersAt(brokers[0])).toBe(false);
    expect(await readEnginesState(dir)).toBeUndefined();
    await stop(dir);
  });

  test('start it at its address again after it was stopped', async () => {
    await start(dir, 'maven');
    const { brokers } = await state();
    await stop(dir);
    await start(dir, 'maven');
    expect((await state()).brokers).toEqual(brokers);
  });

  test('take another port when the last one has gone to someone else', async () => {
    await stop(dir);
    const stranger = createServer();
    await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await writeEnginesState(dir, { by: 'maven', version: '4.3.0', brokers: [`127.0.0.1:${String(port)}`], pid: 1, started: 'long ago', dataDir: dir });
    await start(dir, 'maven');
    expect((await state()).brokers).not.toEqual([`127.0.0.1:${String(port)}`]);
    await new Promise((resolve) => stranger.close(resolve));
  });

  test('touch no process that has the pid of a broker that is gone', async () => {
    const { pid, ...rest } = await state();
    await stop(dir);
    await writeEnginesState(dir, { ...rest, pid: process.pid, started: 'another boot/1' });
    await stop(dir);
    expect(process.pid).not.toBe(pid);
    expect(await readEnginesState(dir)).toBeUndefined();
  });

  test('say what the broker said when it cannot start', async () => {
    await rm(join(dir, 'kafka', 'kafka-data', 'meta.properties'));
    await expect(start(dir, 'maven')).rejects.toThrow(/Kafka ended while it started\. Its log \(.*kafka\.log\) ends:\n.*meta\.properties/s);
    expect(await readFile(join(dir, 'kafka', 'kafka.log'), 'utf8')).toContain('meta.properties');
  });
});
