import { describe, expect, test } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workspaceRoot } from '../workspace/workspace.js';
import type { ComposeFile } from './compose-faults.js';
import { composeFaults } from './compose-faults.js';

const read = (path: string): Promise<string> => readFile(join(workspaceRoot, path), 'utf8');
const text = await read('docker-compose.yml');
const parsed = (source: string): ComposeFile => parse(source, { merge: true }) as ComposeFile;
const compose = parsed(text);

/** The folders of services that run as processes of their own. */
const services = async (): Promise<string[]> => {
  const folders = await readdir(join(workspaceRoot, 'services'));
  const runs = await Promise.all(folders.map((name) => stat(join(workspaceRoot, 'services', name, 'src', 'main.ts')).then(() => true, () => false)));
  return folders.filter((_, index) => runs[index]).sort();
};

const planted = (service: string, change: (service: Record<string, unknown>) => void): ComposeFile => {
  const copy = parsed(text);
  change(copy.services[service] as Record<string, unknown>);
  return copy;
};

describe('docker-compose.yml', () => {
  test('binds to loopback, waits for health, and starts every service', async () => {
    expect(await services()).toEqual(expect.arrayContaining(['admin', 'directory', 'reporting', 'scaling-plan']));
    expect(composeFaults(compose, await services())).toEqual([]);
  });

  test.each([
    ['a port for everyone', 'kafka', { ports: ['9092:9092'] }, 'kafka: 9092:9092 is not bound to 127.0.0.1'],
    ['a port of the host network', 'kafka', { network_mode: 'host' }, 'kafka: shares the network of the host'],
    ['a service without a health check', 'reporting', { healthcheck: undefined }, 'reporting: has no health check'],
    ['a start that waits for nothing', 'directory', { depends_on: ['kafka'] }, 'directory: does not say what it waits for in kafka'],
    ['a wait for what ends', 'directory', { depends_on: { prepare: { condition: 'service_started' } } }, 'directory: waits for prepare until service_started'],
    ['a service that does not wait for the database', 'directory', { depends_on: {} }, 'directory: starts before prepare'],
    ['an image of any version', 'eventstoredb', { image: 'eventstore/eventstore:latest' }, 'eventstoredb: eventstore/eventstore:latest is of no fixed version'],
    ['an image that two services build', 'keys', { build: '.' }, 'the image of the services is built by 2 services: keys, prepare'],
    ['an image that nobody builds', 'prepare', { build: undefined }, 'the image of the services is built by 0 services: '],
    ['an own image from a registry', 'admin', { pull_policy: undefined }, 'admin: would fetch the image of the services from a registry'],
    ['an engine that stays down', 'kafka', { restart: undefined }, 'kafka: does not come back after an end'],
    ['a job that is asked whether it is ready', 'keys', { healthcheck: undefined }, 'keys: is a job that is asked for its health'],
    ['a key in the file', 'admin', { environment: { KEY: '-----BEGIN PRIVATE KEY-----' } }, 'admin: KEY holds a key'],
  ])('would go red with %s', async (_what, service, change, words) => {
    const faults = composeFaults(planted(service, (found) => Object.assign(found, change)), await services());
    expect(faults).toContain(words);
  });

  test('would go red without one of the services', () => {
    expect(composeFaults(compose, ['admin', 'coaching'])).toEqual(['coaching: is not started']);
  });

  test('takes the engines of the versions that the code pins', async () => {
    const kafka = /<kafka\.version>([\d.]+)</.exec(await read('infra/engines/kafka/pom.xml'))?.[1];
    const { dependencies } = JSON.parse(await read('libs/embedded-postgres/package.json')) as { dependencies: Record<string, string> };
    expect(compose.services['kafka']?.image).toBe(`apache/kafka:${String(kafka)}`);
    expect(compose.services['postgres']?.image).toBe(`postgres:${String(dependencies['embedded-postgres']?.split('.')[0])}`);
    expect(compose.services['eventstoredb']?.image).toMatch(/^eventstore\/eventstore:23\.10\./);
  });

  test('asks EventStoreDB for no larger appends than it starts with', async () => {
    const asked = Number(compose.services['eventstoredb']?.environment?.['EVENTSTORE_MAX_APPEND_SIZE']);
    // Its check at start-up: a record of the log, 16 MiB, less 10,000 bytes.
    expect(asked).toBeLessThanOrEqual(16 * 1024 * 1024 - 10_000);
    const limit = /appendBytesMax: ([\d_]+)/.exec(await read('libs/event-store/src/event.ts'))?.[1]?.replaceAll('_', '');
    expect(asked).toBeGreaterThan(Number(limit));
  });

  test('asks PostgreSQL over TCP, where it does not answer while it is set up for the first time', () => {
    const asked = compose.services['postgres']?.healthcheck?.test;
    expect(asked).toEqual(expect.arrayContaining(['pg_isready', '--host', '127.0.0.1']));
  });

  test('fetches EventStoreDB for the one processor that its image is made for', () => {
    expect(compose.services['eventstoredb']?.platform).toBe('linux/amd64');
  });

  test('forgets at every start that Kafka has answered before', () => {
    const { command, healthcheck } = compose.services['kafka'] ?? {};
    const mark = /\[ -e (\S+) \]/.exec(String(healthcheck?.test))?.[1];
    expect(mark).toBeDefined();
    expect(String(command)).toContain(`rm -f ${String(mark)}\n`);
  });

  test('gives every engine the time to write, and engines:stop waits longer than that', async () => {
    const limit_ms = Number(/stopLimit_ms = ([\d_]+)/.exec(await read('infra/engines/src/compose/compose.ts'))?.[1]?.replaceAll('_', ''));
    for (const engine of ['postgres', 'kafka', 'eventstoredb']) expect(compose.services[engine]?.stop_grace_period).toBe('1m');
    expect(limit_ms).toBeGreaterThan(60_000);
  });

  test('sets Kafka up as the engine for tests is', async () => {
    const source = await read('infra/engines/src/kafka/server-properties.ts');
    const environment = compose.services['kafka']?.environment ?? {};
    for (const name of ['offsets.retention.minutes', 'log.retention.ms', 'auto.create.topics.enable', 'group.min.session.timeout.ms']) {
      expect(source).toContain(`'${name}'`);
      expect(environment).toHaveProperty(`KAFKA_${name.replaceAll('.', '_').toUpperCase()}`);
    }
    const bytes = Number(/messageBytesMax = ([\d_]+)/.exec(source)?.[1]?.replaceAll('_', ''));
    expect(environment).toMatchObject({ KAFKA_MESSAGE_MAX_BYTES: bytes, KAFKA_REPLICA_FETCH_MAX_BYTES: bytes });
    expect(environment).toMatchObject({ KAFKA_LOG_RETENTION_MS: -1, KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false' });
  });

  test('switches the development sign-in on by name, at the door alone', () => {
    const withSignIn = Object.entries(compose.services).filter(([, { environment }]) => environment?.['CAIRN_DEVELOPMENT_SIGN_IN'] !== undefined);
    expect(withSignIn.map(([name]) => name)).toEqual(['admin']);
    const withPrivateKey = Object.entries(compose.services).filter(([, { volumes }]) => volumes?.some((volume) => volume.startsWith('private-key:')));
    expect(withPrivateKey.map(([name]) => name).sort()).toEqual(['admin', 'keys']);
  });
});

describe('the Dockerfile', () => {
  test('copies the manifest of every workspace before npm ci', async () => {
    const dockerfile = await read('Dockerfile');
    const { packages } = JSON.parse(await read('package-lock.json')) as { packages: Record<string, unknown> };
    const workspaces = Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'));
    expect(workspaces.length).toBeGreaterThan(10);
    const missing = workspaces.filter((path) => !dockerfile.includes(`COPY ${path}/package.json ${path}/\n`));
    expect(missing).toEqual([]);
  });

  test('ends with a stage that runs as an ordinary user, tells its health, and copies no sources', async () => {
    const last = (await read('Dockerfile')).split(/^FROM /m).at(-1) ?? '';
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK .*infra\/compose\/healthcheck\.js/m);
    expect(last.match(/^COPY (?!--from=)/gm)).toBeNull();
  });
});
