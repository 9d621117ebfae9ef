import type { NewEvent } from '@cairn/event-store';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';

/** The peer: an event store on PostgreSQL that developers on Node would take from the shelf, with the pool that it makes itself. */
export const openEmmett = async (url: string): Promise<PostgresEventStore> => {
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'CreateOrUpdate' } });
  await store.schema.migrate();
  return store;
};

/** Appends at the version that is expected, as a command handler does. */
export const appendToEmmett = async (
  store: PostgresEventStore,
  stream: string,
  version: number,
  events: readonly NewEvent[],
): Promise<void> => {
  await store.appendToStream(
    stream,
    events.map(({ type, data, id, schemaVersion, district, occurredAt, actor, correlationId }) => ({
      type,
      data: data as Record<string, unknown>,
      metadata: { id, schemaVersion, district, occurredAt, actor, correlationId },
    })),
    { expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version) },
  );
};
