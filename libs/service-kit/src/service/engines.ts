import { topics } from '@cairn/contracts';
import { InvalidMessageError, openPostgresEventBus } from '@cairn/event-bus';
import type { EventBus } from '@cairn/event-bus';
import { openPostgresEventStore } from '@cairn/event-store';
import type { Clock, EventStore } from '@cairn/event-store';
import type { DataSource } from 'typeorm';

import { busSchema } from '../data/provision.js';
import { connectAs, storeSchemaOf } from '../data/service-database.js';
import { addressOf } from './address-of.js';
import type { Closers } from './closers.js';
import type { ServiceConfig } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import type { EventStoreConfig, KafkaConfig } from './engine-config.js';
import type { Engine } from './engine-trouble.js';
import { engineTrouble, withinTime } from './engine-trouble.js';
import { postgresAt } from './postgres-at.js';
import { requireRecordHere } from './record-here.js';

/** The engines that the configuration chose. What stands above the two ports does not know which they are. */
export interface Engines {
  readonly store: EventStore;
  readonly bus: EventBus;
  /** Event store, bus and database, in this order. */
  readonly all: readonly Engine[];
}

/**
 * Opens the adapters that the configuration chose; none of them connects before it is first used. Clients of engines that
 * were not chosen are not even loaded: they cost every process some 25 MB and a good part of its start.
 */
export const openEngines = async (
  service: string,
  config: ServiceConfig,
  { clock, dataSource, closers }: { readonly clock: Clock; readonly dataSource: DataSource; readonly closers: Closers },
): Promise<Engines> => {
  const postgres = postgresAt(config.databaseUrl);
  const connection = connectAs(config.databaseUrl, service);
  const { kafka, eventStore } = config;
  const store = eventStore
    ? await openOnEventStoreDb(eventStore, service, clock)
    : openPostgresEventStore({ scope: service, schema: storeSchemaOf(service), pool: connection, clock });
  closers.push(() => store.close());
  const bus = kafka ? await openOnKafka(kafka, service) : openPostgresEventBus({ schema: busSchema, connection });
  closers.push(() => bus.close());
  const checkStore = async (): Promise<void> => {
    await askStore(store);
    if (eventStore === undefined) await requireRecordHere(dataSource, service);
  };
  const storeAt = eventStore
    ? ({ kind: 'eventstoredb', address: addressOf(eventStore.url), variable: 'EVENT_STORE_URL' } as const)
    : postgres;
  const busAt = kafka ? ({ kind: 'kafka', address: kafka.brokers.join(','), variable: 'KAFKA_BROKERS' } as const) : postgres;
  return {
    store,
    bus,
    all: [
      { role: 'event-store', ...storeAt, check: checkStore },
      { role: 'bus', ...busAt, check: () => askBus(bus) },
      { role: 'database', ...postgres, check: () => dataSource.query('SELECT 1').then(() => undefined) },
    ],
  };
};

/**
 * By a stream that is not there: what is asked for is found at once, however much the engine holds. Where the record ends
 * may take long to find in a log that is mostly of others.
 */
export const askStore = async (store: EventStore): Promise<void> => {
  await store.readStream(`${store.scope}.answering-none`);
};

/** Adapters remember what does not change, such as the name of the log; where a topic ends they have to ask. */
const askBus = async (bus: EventBus): Promise<void> => {
  try {
    await bus.ends(topics.directory.name);
  } catch (error) {
    // That the topic was not made yet is an answer, too.
    if (!(error instanceof InvalidMessageError)) throw error;
  }
};

const openOnKafka = async (config: KafkaConfig, service: string): Promise<EventBus> => {
  const { openKafkaEventBus } = await import('@cairn/event-bus/kafka');
  return openKafkaEventBus({ ...config, clientId: `cairn-${service}` });
};

const openOnEventStoreDb = async (config: EventStoreConfig, scope: string, clock: Clock): Promise<EventStore> => {
  const { openEventStoreDb } = await import('@cairn/event-store/eventstoredb');
  try {
    return openEventStoreDb({ ...config, scope, clock });
  } catch (cause) {
    // What the client says may repeat the password.
    throw new ConfigurationError('EVENT_STORE_URL: EventStoreDB cannot be asked by it. Give host, port and options (esdb://host:2113?tls=true).', { cause });
  }
};

/** Resolves when the engine answers. @throws EngineTroubleError that says what is wrong, after `limit_ms` at the latest */
export const requireAnswer = async (engine: Engine, limit_ms = 5_000): Promise<void> => {
  try {
    await withinTime(engine.check(), limit_ms);
  } catch (error) {
    throw engineTrouble(engine, error);
  }
};
