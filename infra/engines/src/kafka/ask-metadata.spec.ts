import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { askMetadata, parseMetadata } from './ask-metadata.js';

// An answer of version 1 as the protocol's guide lays it out, after the length: one broker without a rack, which is the controller.
const answer = Buffer.from('000007ea00000001000000010009' + Buffer.from('127.0.0.1').toString('hex') + '00006a8cffff0000000100000000', 'hex');

const servers = new Set<Server>();
const sockets = new Set<Socket>();

const serve = async (onData: (socket: Socket) => void): Promise<string> => {
  const listening = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', () => onData(socket));
  });
  servers.add(listening);
  await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
};

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers) server.close();
  servers.clear();
});

const framed = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};

describe('the question whether a broker is ready', () => {
  test('reads the members of the cluster from the answer', () => {
    expect(parseMetadata(answer)).toEqual({ brokers: ['127.0.0.1:27276'], controllerId: 1 });
  });

  test('takes an answer that comes in pieces', async () => {
    const broker = await serve((socket) => {
      for (const byte of framed(answer)) socket.write(Buffer.of(byte));
    });
    expect(await askMetadata(broker, 2_000)).toEqual({ brokers: ['127.0.0.1:27276'], controllerId: 1 });
  });

  test.each([
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'does not speak the protocol'],
    ['an answer to another question', framed(Buffer.alloc(20)), 'another question'],
    ['an answer that is cut short', framed(answer.subarray(0, 20)), 'out of range'],
  ])('is not taken in by %s', async (_what, bytes, words) => {
    const broker = await serve((socket) => socket.write(bytes));
    await expect(askMetadata(broker, 2_000)).rejects.toThrow(words);
  });

  test('is given up when nothing is said, or the connection closed', async () => {
    await expect(askMetadata(await serve(() => undefined), 100)).rejects.toThrow('did not answer within 100 ms');
    await expect(askMetadata(await serve((socket) => socket.end()), 2_000)).rejects.toThrow('without an answer');
  });
});
