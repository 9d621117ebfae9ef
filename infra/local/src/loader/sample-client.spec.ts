import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from '@jest/globals';

import { issueCommand } from './sample-client.js';

test('a command is sent again after a 503 and after a broken connection, with what must be seen in the address', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (asked.length === 1) response.writeHead(503, { 'Retry-After': '0' }).end();
    else if (asked.length === 2) request.socket.destroy();
    else response.end('{"position":"directory:2"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const request = {
    service: 'directory', path: '/api/x?mode=apply', contentType: 'application/json', body: '{}',
    idempotencyKey: 'k', recordedAt: '2024-01-01T00:00:00.000Z', seen: 'directory:1',
  } as const;
  const urls = { directory: url, 'scaling-plan': url, reporting: url };
  const answer = await issueCommand<object>(urls, 'token', request, new AbortController().signal);
  expect(answer).toEqual({ position: 'directory:2' });
  expect(asked).toEqual(Array.from({ length: 3 }, () => '/api/x?mode=apply&min-position=directory%3A1'));
  server.closeAllConnections();
  server.close();
});
