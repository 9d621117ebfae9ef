import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which Linux, macOS and Windows take the ports of outgoing connections. A port out of that range is lost
// while its server is away: somebody else's connection may be given it, and a client that keeps asking for it on loopback is
// one day given that very port as its own end, is connected to itself, and the server cannot come back. Above 5432, where
// every other PostgreSQL is looked for; ours must not be taken for it.
const lowest = 20_000;
const highest = 32_000;
const attemptsMax = 100;

/** Whether the address would give this port now. */
export const isFree = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });

/**
 * The preferred port when it is free, else one that the system hands to no outgoing connection, so that a server finds it
 * again after a restart. Another process may still be faster. @throws Error when none is free
 */
export const freePort = async (preferred?: number, host = '127.0.0.1'): Promise<number> => {
  if (preferred !== undefined && (await isFree(preferred, host))) return preferred;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (await isFree(port, host)) return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest} on ${host}`);
};
