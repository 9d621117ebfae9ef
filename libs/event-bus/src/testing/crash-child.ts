import { openPostgresEventStore, SystemClock } from '@cairn/event-store';
import pg from 'pg';
import { startConsumer } from '../consumer/start-consumer.js';
import { pgInTransaction } from '../pg-in-transaction.js';
import { PostgresCheckpoints } from '../postgres/postgres-checkpoints.js';
import { openPostgresEventBus } from '../postgres/postgres-event-bus.js';
import { startRelay } from '../relay/start-relay.js';

/** One copy of a service, to be killed: a relay out of its store, and a consumer of its own topic. */
const connectionString = process.argv[2] ?? '';
const pool = new pg.Pool({ connectionString, max: 4 });
pool.on('error', () => undefined);
const inTransaction = pgInTransaction(pool);
const clock = new SystemClock();
const store = openPostgresEventStore({ scope: 'plans', schema: 'plans_store', clock, connectionString });
const bus = openPostgresEventBus({ connection: { connectionString }, leaseMs: 800, heartbeatMs: 100 });
const complain = (error: unknown): void => console.error(String(error));

startRelay({
  store,
  bus,
  topic: 'plans',
  partitions: 4,
  leaseMs: 400,
  batchEventsMax: 20,
  checkpoint: new PostgresCheckpoints(inTransaction, 'plans').of('relay', { store, bus }),
  toMessage: (event) => ({
    key: event.stream,
    headers: {},
    value: JSON.stringify({ stream: event.stream, version: event.version }),
  }),
  onError: complain,
});

startConsumer({
  bus,
  group: 'readers',
  topics: ['plans'],
  batchMessagesMax: 20,
  inTransaction,
  schema: 'plans',
  onError: complain,
  apply: async (messages, session) => {
    for (const { id, value } of messages) {
      const { stream, version } = JSON.parse(value) as { stream: string; version: number };
      await session.query('INSERT INTO plans.effect (id, stream, version) VALUES ($1, $2, $3)', [id, stream, version]);
    }
  },
});

process.stdout.write('started\n');
