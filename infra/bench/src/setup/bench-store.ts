import { migratePostgresEventStore, openPostgresEventStore, SystemClock } from '@cairn/event-store';
import type { PostgresEventStore } from '@cairn/event-store';

export const benchScope = 'bench';

/** The record of a scope in a new schema of the database, as a service would open it. */
export const openBenchStore = async (url: string, schema = 'store'): Promise<PostgresEventStore> => {
  await migratePostgresEventStore({ ownerConnection: url, schema });
  return openPostgresEventStore({ scope: benchScope, schema, connectionString: url, clock: new SystemClock() });
};
