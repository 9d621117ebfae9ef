export { KafkaEventBus, openKafkaEventBus } from './kafka-event-bus.js';
export type { KafkaEventBusOptions } from './kafka-event-bus.js';
