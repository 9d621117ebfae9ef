export { EventStoreDb, openEventStoreDb } from './event-store-db.js';
export type { EventStoreDbOptions } from './event-store-db.js';
export { openEventStoreDbImport } from './event-store-db-import.js';
