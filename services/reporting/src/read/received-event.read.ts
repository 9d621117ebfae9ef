import type { AnyPublicEvent } from '@cairn/contracts';
import type { SqlSession } from '@cairn/event-bus';

// Query: one event, straight out of the log.

/** An event as it was received, with the words that the rest of the API uses for its place on record. */
export type EventAnswer = AnyPublicEvent & { readonly scope: string; readonly version: number };

/** The event, or undefined when the district has none with this id. */
export const eventById = async (session: SqlSession, district: string, eventId: string): Promise<EventAnswer | undefined> => {
  const [row] = await session.query<{ event: AnyPublicEvent; scope: string }>(
    'SELECT event, scope FROM received_event WHERE event_id = $1 AND district = $2',
    [eventId, district],
  );
  return row && { ...row.event, scope: row.scope, version: row.event.streamversion };
};
