import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux, macOS and Windows take the ports of outgoing connections. A port out of that range is lost
// while its broker is away: a client that keeps asking for it on loopback is one day given that very port as its own end, is
// connected to itself, and the broker cannot come back.
const lowest = 20_000;
const highest = 32_000;

/** Whether 127.0.0.1 would give this port now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A port of 127.0.0.1 that the system would give now; another process may still be faster. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest} on 127.0.0.1`);
};
