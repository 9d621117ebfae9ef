import { eventStoreContract } from '../testing/index.js';
import { InMemoryEventLog } from './in-memory-event-log.js';
import { InMemoryEventStore } from './in-memory-event-store.js';

eventStoreContract('InMemoryEventStore', async (settings) => {
  const log = new InMemoryEventLog();
  const opened = [new InMemoryEventStore({ ...settings, log })] as const;
  const all: InMemoryEventStore[] = [...opened];
  return {
    store: opened[0],
    reopen: async () => {
      const store = new InMemoryEventStore({ ...settings, log });
      all.push(store);
      return store;
    },
    close: async () => {
      await Promise.all(all.map((store) => store.close()));
    },
  };
});
