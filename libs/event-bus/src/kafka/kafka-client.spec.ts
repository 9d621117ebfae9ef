import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { EventBusUnavailableError } from '../event-bus.js';
import { KafkaClient } from './kafka-client.js';

/** Takes every connection and answers nothing, like a broker that was frozen. */
const frozenBroker = async () => {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket)).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { open, brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`], close };
};

test('what kafkajs tries again of a call that was given up opens no connection that nobody would close', async () => {
  const broker = await frozenBroker();
  const client = new KafkaClient({ brokers: broker.brokers, clientId: 'test', callTimeoutMs: 200 });
  try {
    await expect(client.call('to look', () => Promise.resolve())).rejects.toBeInstanceOf(EventBusUnavailableError);
    client.close();
    // kafkajs tries again within 500 ms of what was given up; that nothing comes of it can only be waited for.
    await sleep(1_000);
    expect(broker.open.size).toBe(0);
  } finally {
    await broker.close();
  }
});
