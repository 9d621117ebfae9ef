import type { DomainEvent, Recorded } from '@cairn/decider';
import type { RecordedEvent } from '@cairn/event-store';
import type { z } from 'zod';

/** Schema and current version of each event type of a stream. What is stored is checked by it at write and at read. */
export type EventCatalogue<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: {
    readonly schemaVersion: number;
    readonly data: z.ZodType<Extract<Event, { readonly type: Type }>['data']>;
  };
};

/** A stored event that this version of the service cannot read: of a newer schema, or damaged. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** The fact that a stored event holds. @throws UnreadableEventError rather than fold something it does not know */
export const readEvent = <Event extends DomainEvent>(
  catalogue: EventCatalogue<Event>,
  stored: RecordedEvent,
): Recorded<Event> => {
  const entry = (catalogue as Readonly<Record<string, EventCatalogue<DomainEvent>[string]>>)[stored.type];
  if (!entry || stored.schemaVersion > entry.schemaVersion) {
    throw new UnreadableEventError(
      `${stored.stream} version ${stored.version} is a ${stored.type} of schema ${stored.schemaVersion}, which is not known here`,
    );
  }
  const data = entry.data.safeParse(stored.data);
  if (!data.success) {
    throw new UnreadableEventError(`${stored.stream} version ${stored.version}: ${data.error.message}`);
  }
  return {
    type: stored.type,
    occurredAt: stored.occurredAt,
    data: data.data,
    eventId: stored.id,
    version: stored.version,
    recordedAt: stored.recordedAt,
  } as Recorded<Event>;
};
