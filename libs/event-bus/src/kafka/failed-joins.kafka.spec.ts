import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { kafkaFixture } from './testing/kafka-fixture.js';

/** How many sockets this process has open. */
const connections = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

describe('a member that the broker does not take in', () => {
  const kafka = kafkaFixture();

  test('leaves no connection behind, however often it tries again', async () => {
    await kafka().made(1);
    // Less than the broker allows.
    const bus = kafka().open(10);
    const join = (): Promise<unknown> => bus.consume({ group: 'g', topics: ['topic'], checkpoint: async () => undefined, handle: async () => undefined });
    await expect(join()).rejects.toThrow('session timeout');
    await sleep(200);
    const before = connections();
    for (let n = 0; n < 10; n += 1) await join().catch(() => undefined);
    await sleep(200);
    expect(connections()).toBeLessThanOrEqual(before);
  });
});
