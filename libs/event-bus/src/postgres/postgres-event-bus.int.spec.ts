import { testDatabase } from '@cairn/embedded-postgres/testing';
import { afterAll, beforeAll } from '@jest/globals';
import { eventBusContract } from '../testing/event-bus-contract.js';
import { migratePostgresEventBus } from './migrate-postgres-event-bus.js';
import type { PostgresEventBus } from './postgres-event-bus.js';
import { openPostgresEventBus } from './postgres-event-bus.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
let schemas = 0;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

eventBusContract('PostgresEventBus', async () => {
  const connection = { connectionString: database.url };
  const schema = `bus "${(schemas += 1)}"`;
  await migratePostgresEventBus({ connection, schema, serviceRoles: [] });
  const buses: PostgresEventBus[] = [];
  return {
    open: async () => {
      const bus = openPostgresEventBus({ connection, schema, leaseMs: 600, heartbeatMs: 80 });
      buses.push(bus);
      return bus;
    },
    crash: async (bus) => buses.find((one) => one === bus)?.abandon(),
    dispose: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
});
