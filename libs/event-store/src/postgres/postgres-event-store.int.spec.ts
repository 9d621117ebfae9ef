import { eventStoreContract } from '../testing/index.js';
import { PostgresRecords } from '../testing/postgres-records.js';

const records = new PostgresRecords();

eventStoreContract('PostgresEventStore', async (settings) => {
  const record = await records.create();
  const stores = [record.open(settings)];
  return {
    store: stores[0] as (typeof stores)[number],
    reopen: async () => {
      const store = record.open(settings);
      stores.push(store);
      return store;
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
});
