import { afterAll, beforeAll } from '@jest/globals';
import type { TestDatabase } from '@cairn/embedded-postgres/testing';
import { testDatabase } from '@cairn/embedded-postgres/testing';

import { eventStoreContract } from '../testing/index.js';
import { migratePostgresEventStore } from './migrate.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import { openPostgresEventStore } from './postgres-event-store.js';

let database: TestDatabase;
let schemas = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
});

eventStoreContract('PostgresEventStore', async (settings) => {
  schemas += 1;
  const schema = `contract_${schemas}_store`;
  await migratePostgresEventStore({ ownerConnection: database.url, schema });
  const all: PostgresEventStore[] = [];
  const open = (): PostgresEventStore => {
    const store = openPostgresEventStore({ ...settings, schema, connectionString: database.url });
    all.push(store);
    return store;
  };
  return {
    store: open(),
    reopen: async () => open(),
    close: async () => {
      await Promise.all(all.map((store) => store.close()));
    },
  };
});
