export type { EventBusFixture, OpenFixture } from './contract-fixture.js';
export { eventBusContract } from './event-bus-contract.js';
export { eventually } from './eventually.js';
export { Ledger } from './ledger.js';
export { manyKeys, message, messages } from './messages.js';
