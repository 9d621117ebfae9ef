import { startDirectory } from '@cairn/directory';
import { testDatabase, testFolder } from '@cairn/embedded-postgres/testing';
import { startKafka } from '@cairn/engines/testing';
import type { RunningKafka } from '@cairn/engines/testing';
import { eventually } from '@cairn/event-bus/testing';
import { provisionDatabase } from '@cairn/service-kit';
import type { RunningService, ServiceConfig } from '@cairn/service-kit';
import { testIdentity } from '@cairn/service-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Seen {
  readonly ready: boolean;
  readonly engines: readonly { readonly role: string; readonly kind: string; readonly state: string; readonly detail?: string }[];
  readonly relay: { readonly caughtUp: boolean; readonly head: string; readonly publishedUpTo?: string };
}

// Fault rows 9 and 20 as whoever asks meets them: the bus is away while a service starts, and while it runs.
describe('a service whose Kafka goes away', () => {
  let database: { readonly url: string; drop(): Promise<void> };
  let kafka: RunningKafka;
  let service: RunningService | undefined;
  const { identity, tokenOf } = testIdentity();
  let made = 0;

  beforeAll(async () => {
    database = await testDatabase();
    await provisionDatabase(database.url, ['directory']);
    kafka = await startKafka({ dataDir: await testFolder() });
  }, 400_000);
  afterAll(async () => {
    await service?.close();
    await kafka.stop();
    await database.drop();
  }, 120_000);

  const ask = async (url: string, path: string, body?: object): Promise<Told> => {
    const answer = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${tokenOf('operator', '*')}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Told['body'] };
  };
  const command = (url: string): Promise<Told> => {
    made += 1;
    return ask(url, '/api/districts', { districtId: `away-${made}`, name: 'Away', timeZone: 'America/Chicago' });
  };
  const look = async (url: string): Promise<Seen> => (await ask(url, '/api/services/directory/operations')).body as unknown as Seen;

  test('waits for it at the start, says so, and opens by itself', async () => {
    await kafka.kill();
    const config: ServiceConfig = {
      databaseUrl: database.url, host: '127.0.0.1', port: 0, logLevel: 'silent', identity,
      kafka: { brokers: kafka.brokers, topicPrefix: 'away.' },
    };
    let opened: Promise<RunningService> | undefined;
    const url = await new Promise<string>((resolve, reject) => {
      opened = startDirectory(config, { waitForEngines: true, onListening: resolve });
      opened.catch(reject);
    });
    expect((await ask(url, '/api/health/live')).status).toBe(200);
    await eventually('it says that Kafka is away', async () => {
      const { status, body } = await ask(url, '/api/health/ready');
      return status === 503 && JSON.stringify(body).includes(`Kafka at ${kafka.brokers.join(',')} `);
    }, 30_000);
    expect((await command(url)).status).toBe(503);
    await kafka.restart();
    service = await opened;
    expect((await command(url)).status).toBe(201);
  });

  test('records and reads on while it is away, says so, and publishes what was recorded when it is back', async () => {
    const { url } = service as RunningService;
    await kafka.kill();
    const recorded = await command(url);
    expect(recorded.status).toBe(201);
    expect((await ask(url, `/api/districts?min-position=${String(recorded.body['position'])}`)).status).toBe(200);
    const seen = await eventually('Kafka is told as down', async () => {
      const found = await look(url);
      return found.engines.some(({ state }) => state === 'down') ? found : undefined;
    }, 30_000);
    expect(seen?.ready).toBe(false);
    expect(seen?.engines).toMatchObject([
      { role: 'event-store', kind: 'postgresql', state: 'up' },
      { role: 'bus', kind: 'kafka', state: 'down', detail: expect.stringContaining('KAFKA_BROKERS') },
      { role: 'database', kind: 'postgresql', state: 'up' },
    ]);
    await kafka.restart();
    await eventually('it is ready', async () => (await ask(url, '/api/health/ready')).status === 200, 60_000);
    const after = await eventually('all is published', async () => {
      const found = await look(url);
      return found.relay.caughtUp ? found : undefined;
    }, 60_000);
    expect(after?.relay.publishedUpTo).toBe(after?.relay.head);
  });
});
