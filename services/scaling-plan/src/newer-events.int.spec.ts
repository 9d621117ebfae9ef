import { schemaUriOf, topics } from '@cairn/contracts';
import { testDatabase } from '@cairn/embedded-postgres/testing';
import { openPostgresEventBus } from '@cairn/event-bus';
import type { EventBus } from '@cairn/event-bus';
import { eventually } from '@cairn/event-bus/testing';
import { busSchema, provisionDatabase } from '@cairn/service-kit';
import type { RunningService } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startScalingPlan } from './scaling-plan.service.js';

const schoolId = '11111111-0000-4000-8000-000000000001';
const opened = { schoolId, name: 'Glencliff High', externalIds: [], profile: {} };

interface Parked {
  readonly messageId: string;
  readonly reason: string;
}

// Fault row 19 where decisions rest on it: what is newer than this version is parked with its key, never passed over.
describe('what the directory says in a newer version', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let bus: EventBus;
  let service: RunningService;
  const { identity, tokenOf } = testIdentity();
  let said = 0;

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['scaling-plan']);
    bus = openPostgresEventBus({ schema: busSchema, connection: { connectionString: database.url } });
    await bus.ensureTopic(topics.directory.name, topics.directory);
    service = await startScalingPlan({ databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity });
  });
  afterAll(async () => {
    await service.close();
    await bus.close();
    await database.drop();
  });

  const say = async (name: string, key: string, data: object, more: object = {}): Promise<string> => {
    said += 1;
    const id = `22222222-0000-4000-8000-${String(said).padStart(12, '0')}`;
    const type = `org.cairn.directory.${name}`;
    const event = {
      specversion: '1.0', id, source: '/cairn/directory', type, subject: key, time: '2025-01-01T00:00:00.000Z',
      datacontenttype: 'application/json', dataschema: schemaUriOf(type), district: 'mnps', stream: `directory.x-${key}`,
      streamversion: said, position: String(said), recordedat: '2025-01-01T00:00:00.000Z', actor: 'somebody',
      correlationid: 'c', hash: 'a'.repeat(64), data, ...more,
    };
    await bus.publish(topics.directory.name, [
      { id, key, headers: {}, value: JSON.stringify(event), scope: 'directory', sourcePosition: String(said) },
    ]);
    await bus.publishWatermark(topics.directory.name, { scope: 'directory', position: String(said) });
    return id;
  };
  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> => {
    const headers = { authorization: `Bearer ${tokenOf('operator', '*')}`, 'content-type': 'application/json' };
    const answer = await fetch(`${service.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test('is parked with the reason, and what follows of the same school waits; all else is decided on', async () => {
    await say('district-registered.v1', 'mnps', { districtId: 'mnps', name: 'Nashville', timeZone: 'America/Chicago', schoolYearFirstMonth: 8 });
    await say('initiative-defined.v1', 'reading', { initiativeId: 'reading', name: 'Reading', description: '', fidelityCut: 0.7 });
    // Members that were added to a known version change nothing.
    await say('school-opened.v1', schoolId, { ...opened, colour: 'green' }, { traceparent: '00-1-2-01' });
    const newer = await say('school-closed.v2', schoolId, { schoolId, because: 'merged' });
    const behind = await say('school-reopened.v1', schoolId, { schoolId });
    const items = await eventually('both are parked', async () => {
      const { body } = await ask('GET', '/api/services/scaling-plan/parked-messages');
      const found = body['items'] as readonly Parked[];
      return found.length === 2 ? found : undefined;
    });
    expect(items?.map(({ messageId }) => messageId)).toEqual([newer, behind]);
    expect(items?.[0]?.reason).toContain('org.cairn.directory.school-closed.v2 is newer than this version of the service; update it and replay');
    expect((await ask('GET', '/api/services/scaling-plan/operations')).body).toMatchObject({
      warnings: [{ name: 'parked-messages', reason: '1 key is parked' }],
      consumer: { group: 'scaling-plan', topics: [topics.directory.name], parkedKeys: 1, parkedMessages: 2 },
    });
    const started = await ask('POST', `/api/districts/mnps/schools/${schoolId}/adoptions/reading/start?min-position=directory:${said}`, { occurredAt: '2025-03-03' });
    expect(started.status).toBe(200);
  });
});
