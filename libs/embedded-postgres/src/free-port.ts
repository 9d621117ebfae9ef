import { createServer } from 'node:net';

/** Where every other PostgreSQL is looked for; ours must not be taken for it. */
const wellKnownPort = 5432;

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address === null || typeof address === 'string' ? undefined : address.port));
    });
  });

/** The preferred port when it is free on the loopback address, else any free one; another process may still be faster. */
export const freePort = async (preferred?: number): Promise<number> => {
  const wished = preferred === undefined ? undefined : await listen(preferred);
  if (wished !== undefined) return wished;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const port = await listen(0);
    if (port !== undefined && port !== wellKnownPort) return port;
  }
  throw new Error('No free port on 127.0.0.1');
};
