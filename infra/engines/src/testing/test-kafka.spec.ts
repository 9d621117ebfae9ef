import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NoEngineError } from '../errors.js';
import { writeEnginesState } from '../state/engines-state.js';
import { testKafka } from './test-kafka.js';

let dir: string;
let silent: Server;
let closedPort: number;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-test-kafka-'));
  silent = createServer((socket) => socket.on('error', () => undefined).end());
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  closedPort = (silent.address() as AddressInfo).port;
  await new Promise((resolve) => silent.close(resolve));
});

afterEach(() => rm(dir, { recursive: true }));

describe('the broker that tests share', () => {
  test('is missed in words that say how to start one', async () => {
    await expect(testKafka({ CAIRN_ENGINES_DIR: dir })).rejects.toThrow(NoEngineError);
    await expect(testKafka({ CAIRN_ENGINES_DIR: dir })).rejects.toThrow('npm run engines:start');
  });

  test('must answer, whoever named it', async () => {
    const broker = `127.0.0.1:${closedPort}`;
    await expect(testKafka({ KAFKA_BROKERS: broker })).rejects.toThrow(`No Kafka answers at ${broker}`);
    await writeEnginesState(dir, { by: 'compose', project: 'p', version: '4.3.0', brokers: [broker] });
    await expect(testKafka({ CAIRN_ENGINES_DIR: dir })).rejects.toThrow(`No Kafka answers at ${broker}`);
  });
});
