import { expect, test } from '@jest/globals';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';

import { openClient } from './client-internals.js';
import { withDefaults, withoutPassword } from './connection-string.js';
import { openEventStoreDb } from '../event-store-db.js';

test('what fails while the client reconnects by itself fails for nobody', async () => {
  const { internals } = openClient('esdb://127.0.0.1:1?tls=false');
  const stub = {
    getChannel: () => {
      throw new Error('no channel any more');
    },
  } as unknown as StreamsClient;
  const unavailable = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'gone' });

  await expect(internals.handleError(stub, unavailable)).resolves.toBeUndefined();
});

test('a connection string keeps what it says and gains what it does not', () => {
  const url = withDefaults('esdb://admin:changeit@host:2113/?tls=false&keep_alive_timeout=1000', 'coaching');

  expect(url).toBe(
    'esdb://admin:changeit@host:2113?tls=false&keep_alive_timeout=1000&keepAliveInterval=10000&connectionName=cairn%20event%20store%20coaching',
  );
  expect(withDefaults('esdb+discover://host', 'x')).toMatch(/^esdb\+discover:\/\/host\?keepAliveInterval=10000&/);
  expect(withoutPassword(url)).not.toContain('changeit');
});

test('what is no connection string is told without its password', () => {
  const open = (): unknown =>
    openEventStoreDb({ url: 'postgres://admin:changeit@host', scope: 'coaching', clock: { now: () => '' } });
  expect(open).toThrow(/no connection string of EventStoreDB/);
  expect(open).not.toThrow(/changeit/);
});
