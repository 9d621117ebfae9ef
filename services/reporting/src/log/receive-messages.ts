import { adoptionEventSchema, anyPublicEventSchema, directoryEventSchema } from '@cairn/contracts';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { IncomingMessage, SqlSession } from '@cairn/event-bus';

import { adoptionEventOf } from '../adoption/timeline-entry.js';
import { directoryEventOf } from '../directory/school-timeline.js';
import { appendReceived } from './received-event.js';

/**
 * The event that a message carries. One of a known type has to be as its contract says, so that no read model stumbles
 * over it later; one of an unknown type is kept for the version that will know it.
 * @throws when it is not such an event, for which the bus parks it
 */
export const receivedIn = (message: Pick<IncomingMessage, 'value'>): AnyPublicEvent => {
  const event = anyPublicEventSchema.loose().parse(JSON.parse(message.value));
  if (adoptionEventOf(event)) adoptionEventSchema.parse(event);
  if (directoryEventOf(event)) directoryEventSchema.parse(event);
  return event;
};

/** Puts what the bus delivers into the log, within the transaction that keeps the checkpoint. */
export const receiveMessages = async (messages: readonly IncomingMessage[], session: SqlSession): Promise<void> => {
  await appendReceived(session, messages.map(receivedIn));
};
