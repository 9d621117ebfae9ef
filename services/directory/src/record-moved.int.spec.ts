import { testDatabase } from '@cairn/embedded-postgres/testing';
import { leavePostgresRecord } from '@cairn/event-store';
import { provisionDatabase, roleOf, storeSchemaOf } from '@cairn/service-kit';
import type { RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { startDirectory } from './directory.service.js';

let database: { readonly url: string; drop(): Promise<void> };
let service: RunningService;
const { identity, tokenOf } = testIdentity();

beforeAll(async () => {
  database = await testDatabase();
  await provisionDatabase(database.url, ['directory']);
  service = await startDirectory({ databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity });
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

test('a service whose record is moved while it runs takes no more commands, and says where the record went', async () => {
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${tokenOf('operator', '*')}`, 'content-type': 'application/json' };
    const answer = await fetch(`${service.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const command = (districtId: string) => ask('POST', '/api/districts', { districtId, name: 'Moved', timeZone: 'America/Chicago' });
  const { body } = await command('before');
  const upTo = String(body['position']).split(':')[1];
  const of = { ownerConnection: database.url, schema: storeSchemaOf('directory'), serviceRole: roleOf('directory') };
  await leavePostgresRecord({ ...of, upTo, destination: 'EventStoreDB at elsewhere:2113' });

  expect((await command('after')).status).toBe(503);
  expect(await ask('GET', '/api/health/ready')).toMatchObject({
    status: 503,
    body: { failures: expect.arrayContaining([{ name: 'event-store', reason: expect.stringContaining('was moved to EventStoreDB at elsewhere:2113') }]) },
  });
  const read = await ask('GET', '/api/districts');
  expect(read).toMatchObject({ status: 200, body: { items: [{ districtId: 'before' }] } });
});
