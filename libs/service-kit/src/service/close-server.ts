import type { Server } from 'node:http';

/** Takes no new connections, lets requests that run end, and cuts what is left after `timeout_ms`. */
export const closeServer = async (server: Server, timeout_ms: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), timeout_ms);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
};
