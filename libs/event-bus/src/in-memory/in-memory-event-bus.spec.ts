import { eventBusContract } from '../testing/event-bus-contract.js';
import { InMemoryBroker } from './in-memory-broker.js';
import { InMemoryEventBus } from './in-memory-event-bus.js';

eventBusContract('InMemoryEventBus', async () => {
  const broker = new InMemoryBroker();
  const buses: InMemoryEventBus[] = [];
  return {
    open: async () => {
      const bus = new InMemoryEventBus(broker, { leaseMs: 400, heartbeatMs: 60 });
      buses.push(bus);
      return bus;
    },
    crash: async (bus) => buses.find((one) => one === bus)?.abandon(),
    dispose: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
});
