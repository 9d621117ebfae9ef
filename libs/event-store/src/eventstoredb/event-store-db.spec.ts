import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll } from '@jest/globals';

import { eventStoreContract } from '../testing/index.js';
import { openEventStoreDb } from './event-store-db.js';
import { DoubleLog } from './testing/eventstoredb-double/double-log.js';
import { EventStoreDbDouble } from './testing/eventstoredb-double/eventstoredb-double.js';

let double: EventStoreDbDouble;
beforeAll(async () => {
  double = await EventStoreDbDouble.start(new DoubleLog({ indexDelayMs: 5 }));
});
afterAll(() => double.kill());

eventStoreContract('EventStoreDb over a double of the server', async (settings) => {
  const options = { ...settings, url: double.url, namespace: `test-${randomUUID()}-` };
  const stores = [openEventStoreDb(options)];
  return {
    store: stores[0] as (typeof stores)[number],
    reopen: async () => {
      const store = openEventStoreDb(options);
      stores.push(store);
      return store;
    },
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
});
