export { untilAnswering } from '../eventstoredb/testing/answering-server.js';
export type { OpenedStore, OpenStore } from './contract/contract-context.js';
export { eventStoreContract } from './event-store-contract.js';
export { requireEventStoreUrl } from './event-store-url.js';
export { ManualClock } from './manual-clock.js';
export { anEvent, aStream, someEvents } from './sample-events.js';
export { gate, outcomeOf, Subscriber, until } from './subscriber.js';
