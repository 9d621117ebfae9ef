import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** From now on nothing passes either way, and no connection breaks: what a frozen machine looks like from outside. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** Stands between a client and a server on this machine. */
export const startTcpProxy = async (target: { host: string; port: number }): Promise<TcpProxy> => {
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((inside) => {
    const outside = connect(target);
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      if (frozen) socket.pause();
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => [inside, outside].forEach((one) => one.destroy()));
    }
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk) => void to.write(chunk));
      from.on('end', () => to.end());
    };
    pass(inside, outside);
    pass(outside, inside);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
