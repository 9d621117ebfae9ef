import type { DeliveryTimes } from '../delivery/group-member.js';
import { PolledEventBus } from '../delivery/polled-event-bus.js';
import { InMemoryBroker } from './in-memory-broker.js';

/** A bus for tests of what stands above it: the same delivery as the PostgreSQL bus, without a server. */
export class InMemoryEventBus extends PolledEventBus {
  constructor(broker: InMemoryBroker = new InMemoryBroker(), times: Partial<DeliveryTimes> = {}) {
    super(broker, times);
  }
}
