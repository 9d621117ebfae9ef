import { randomUUID } from 'node:crypto';
import { testKafka } from '@cairn/engines/testing';
import { eventBusContract } from '../testing/event-bus-contract.js';
import type { KafkaEventBus } from './kafka-event-bus.js';
import { openKafkaEventBus } from './kafka-event-bus.js';

eventBusContract('KafkaEventBus', async () => {
  const { brokers } = await testKafka();
  const topicPrefix = `contract.${randomUUID()}.`;
  const buses: KafkaEventBus[] = [];
  return {
    open: async () => {
      const options = { brokers, clientId: 'contract', topicPrefix, sessionTimeoutMs: 1_000, heartbeatMs: 80 };
      const bus = openKafkaEventBus(options);
      buses.push(bus);
      return bus;
    },
    crash: async (bus) => buses.find((one) => one === bus)?.abandon(),
    dispose: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
});
