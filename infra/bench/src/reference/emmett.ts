import type { NewEvent } from '@cairn/event-store';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import type { PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

export interface OpenEmmett {
  readonly store: PostgresEventStore;
  close(): Promise<void>;
}

const connections = 16;

/** The peer: an event store on PostgreSQL that developers on Node would take from the shelf, with as many connections as the rows by hand. */
export const openEmmett = async (url: string): Promise<OpenEmmett> => {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool }, schema: { autoMigration: 'CreateOrUpdate' } });
  await store.schema.migrate();
  return {
    store,
    close: async () => {
      await store.close();
      if (!pool.ended) await pool.end();
    },
  };
};

/** Appends at the version that is expected, as a command handler does. */
export const appendToEmmett = async (
  { store }: OpenEmmett,
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
