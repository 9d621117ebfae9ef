import { testDatabase } from '@cairn/embedded-postgres/testing';
import { eventBusContract } from '../testing/event-bus-contract.js';
import { migratePostgresEventBus } from './migrate-postgres-event-bus.js';
import type { PostgresEventBus } from './postgres-event-bus.js';
import { openPostgresEventBus } from './postgres-event-bus.js';

eventBusContract('PostgresEventBus', async () => {
  const database = await testDatabase();
  const connection = { connectionString: database.url };
  await migratePostgresEventBus({ connection, serviceRoles: [] });
  const buses: PostgresEventBus[] = [];
  return {
    open: async () => {
      const bus = openPostgresEventBus({ connection, leaseMs: 600, heartbeatMs: 80 });
      buses.push(bus);
      return bus;
    },
    crash: async (bus) => buses.find((one) => one === bus)?.abandon(),
    dispose: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await database.drop();
    },
  };
});
