import { pgInTransaction, PostgresCheckpoints, startConsumer, startRelay } from '@cairn/event-bus';
import type { EventBus, IncomingMessage, InTransaction, Replayed } from '@cairn/event-bus';
import type { EventStore, RecordedEvent } from '@cairn/event-store';
import pg from 'pg';

import type { Heard } from '../model/read-model.js';
import { takeIn } from '../model/read-model.js';
import type { CrashPoints } from './crash-points.js';
import type { CopySettings } from './settings.js';
import { defaultGroup, partitions, relaySchema, topic } from './settings.js';
import type { BuildOrder, CopyStatus } from './talk.js';

/** A part of a copy that says how it is. */
export interface RunningRole {
  status(): Promise<Partial<CopyStatus>>;
  /** Applies what is parked of a key. */
  replay?(key: string): Promise<Replayed>;
  /** Takes an order to build a generation. */
  build?(order: BuildOrder): Promise<void>;
  stop(): Promise<void>;
}

export interface Surroundings {
  readonly settings: CopySettings;
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly crash: CrashPoints;
  readonly complain: (error: unknown) => void;
}

/** What an event says to read models, and to others. */
export const heardOf = ({ id, stream, version, schemaVersion, data }: RecordedEvent): Heard => {
  const { weight, poison } = data as { weight: number; poison?: boolean };
  return { id, stream, version, weight, schemaVersion, ...(poison === undefined ? {} : { poison }) };
};

/** What the event carries beside goes along, so that a message on the bus weighs what its event does. */
const messageOf = (event: RecordedEvent): string => {
  const { pad } = event.data as { pad?: string };
  return JSON.stringify({ ...heardOf(event), ...(pad === undefined ? {} : { pad }) });
};

export const openPool = (url: string, schema: string): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    options: `-c search_path=${schema}`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  pool.on('error', () => undefined);
  return pool;
};

const openTransactions = (url: string, schema: string): InTransaction => pgInTransaction(openPool(url, schema));

export const runRelay = ({ settings, store, bus, complain }: Surroundings): RunningRole => {
  const checkpoints = new PostgresCheckpoints(openTransactions(settings.url, relaySchema), relaySchema);
  const relay = startRelay({
    store,
    bus,
    topic,
    partitions,
    leaseMs: 500,
    batchEventsMax: settings.batchMax ?? 50,
    checkpoint: checkpoints.of(settings.relay ?? 'relay', { store, bus }),
    toMessage: (event) => ({ key: event.stream, headers: { type: event.type }, value: messageOf(event) }),
    onError: complain,
  });
  return { status: async () => ({ caughtUp: (await relay.lag()).caughtUp }), stop: () => relay.stop() };
};

const heardIn = ({ value }: IncomingMessage): Heard => JSON.parse(value) as Heard;

export const runConsumer = ({ settings, bus, crash, complain }: Surroundings): RunningRole => {
  const group = settings.group ?? defaultGroup;
  const transaction = openTransactions(settings.url, group);
  const inTransaction: InTransaction = async (work) => {
    const result = await transaction(work);
    crash.reach('after-commit');
    return result;
  };
  const consumer = startConsumer({
    bus,
    group,
    topics: [topic],
    batchMessagesMax: settings.batchMax ?? 50,
    inTransaction,
    schema: group,
    onError: complain,
    retryFirstMs: 20,
    apply: async (messages, session) => {
      crash.reach('in-apply');
      if (settings.slow_ms) await new Promise((resolve) => setTimeout(resolve, messages.length * (settings.slow_ms ?? 0)));
      await takeIn(session, group, messages.map(heardIn), settings);
      crash.reach('after-apply');
    },
  });
  return {
    status: async () => ({ joined: consumer.joined, lag: await consumer.lag() }),
    replay: (key) => consumer.replayParked({ topic, key }),
    stop: () => consumer.stop(),
  };
};
