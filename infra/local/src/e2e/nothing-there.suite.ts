import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';

import { LocalTokenIssuer } from '@cairn/admin';
import { startEmbeddedPostgres } from '@cairn/embedded-postgres';
import type { EmbeddedPostgres } from '@cairn/embedded-postgres';
import { testFolder } from '@cairn/embedded-postgres/testing';
import { startKafka } from '@cairn/engines/testing';
import type { RunningKafka } from '@cairn/engines/testing';
import { eventually } from '@cairn/event-bus/testing';
import { provisionDatabase } from '@cairn/service-kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { storedServices } from '../platform/start-platform.js';
import { samplePeople } from '../sample/index.js';
import { CairnProcess } from './cairn-process.js';

const keys = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

interface Running {
  readonly name: string;
  readonly process: CairnProcess;
  readonly url: string;
}

const patience_ms = 120_000;

/** Row 20 of the fault matrix on the whole platform: its processes start where neither store nor bus answers. */
export const nothingThereSuite = (bus: 'PostgreSQL' | 'Kafka'): void => {
  describe(`the platform where neither the record nor the bus, ${bus}, is there`, () => {
    let dataDir: string;
    let server: EmbeddedPostgres;
    let broker: RunningKafka | undefined;
    let token: string;
    const all: Running[] = [];

    const start = async (name: string, environment: Readonly<Record<string, string>>): Promise<Running> => {
      const process = CairnProcess.service(name, { PORT: '0', LOG_LEVEL: 'silent', CAIRN_LOCAL_PUBLIC_KEY: keys.publicKey, ...environment });
      const [, url = ''] = await process.says(/answers at (http:\S+)/);
      const running = { name, process, url };
      all.push(running);
      return running;
    };
    const startPostgres = () => startEmbeddedPostgres({ dataDir, purpose: 'a test of what waits for it' });

    beforeAll(async () => {
      dataDir = join(await testFolder(), 'data');
      // They are there once, so that it is known where they will be.
      server = await startPostgres();
      if (bus === 'Kafka') broker = await startKafka({ dataDir: await testFolder() });
      await Promise.all([server.stop(), broker?.kill()]);
      const [operator] = samplePeople;
      token = await (await LocalTokenIssuer.open(keys.privateKey)).issue(operator, '1h');
      const kafka: Record<string, string> = broker ? { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_TOPIC_PREFIX: 'nothing.' } : {};
      const services = await Promise.all(storedServices.map((name) => start(name, { DATABASE_URL: server.url, ...kafka })));
      await start('admin', { CAIRN_UPSTREAMS: services.map(({ name, url }) => `${name}=${url}`).join(',') });
    }, 400_000);
    afterAll(async () => {
      await Promise.all(all.map(({ process }) => process.end('SIGTERM')));
      await server.stop();
      await broker?.stop();
    }, 120_000);

    const ask = async (url: string, path: string, body?: object): Promise<{ readonly status: number; readonly text: string }> => {
      const answer = await fetch(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const door = (): string => all.at(-1)?.url ?? '';
    const district = { districtId: 'patience', name: 'Patience', timeZone: 'America/Chicago' };

    /** Nobody is ready, each says what it lacks, all live: as often as it is asked. */
    const allWaitFor = async (what: string): Promise<void> => {
      for (const { name, process, url } of all.filter(({ name: one }) => one !== 'admin')) {
        await eventually(`${name} waits for ${what}`, async () => (await ask(url, '/api/health/ready')).text.includes(what), patience_ms);
        for (let asked = 0; asked < 5; asked += 1) {
          expect({ name, ...(await ask(url, '/api/health/ready')) }).toMatchObject({ name, status: 503 });
          expect({ name, ...(await ask(url, '/api/health/live')) }).toMatchObject({ name, status: 200 });
        }
        expect({ name, alive: process.alive }).toEqual({ name, alive: true });
      }
      expect(await ask(door(), '/api/health/ready')).toMatchObject({ status: 503 });
      expect(await ask(door(), '/api/districts', district)).toMatchObject({ status: 503 });
    };

    test('every process lives, none is ready, and a command is refused until there is a record', () => allWaitFor('PostgreSQL at'), patience_ms * 2);

    if (bus === 'Kafka') {
      test('with the record alone none is ready', async () => {
        server = await startPostgres();
        await provisionDatabase(server.url, storedServices);
        await allWaitFor('Kafka at');
      }, patience_ms * 3);
    }

    test('once they come the same processes are ready, and record, publish and read', async () => {
      if (broker) await broker.restart();
      else {
        server = await startPostgres();
        await provisionDatabase(server.url, storedServices);
      }
      for (const { name, url } of all) {
        await eventually(`${name} is ready`, async () => (await ask(url, '/api/health/ready')).status === 200, patience_ms);
      }
      const recorded = await ask(door(), '/api/districts', district);
      expect(recorded).toMatchObject({ status: 201 });
      const { position } = JSON.parse(recorded.text) as { position: string };
      await eventually('it is read across the bus', async () => (await ask(door(), `/api/districts/patience/schools?min-position=${position}`)).status === 200, patience_ms);
      expect(all.map(({ process }) => process.alive)).toEqual(all.map(() => true));
    }, patience_ms * 3);
  });
};
