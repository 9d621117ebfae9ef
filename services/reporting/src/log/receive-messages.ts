import { adoptionEventSchema, directoryEventSchema, schemaUriOf, topics } from '@cairn/contracts';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { IncomingMessage } from '@cairn/event-bus';
import { BusContext, NewerEventError, publicEventIn } from '@cairn/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

import { adoptionEventOf } from '../adoption/timeline-entry.js';
import { directoryEventOf } from '../directory/school-timeline.js';
import { LogTail } from './log-tail.js';
import { appendReceived } from './received-event.js';

/**
 * The event that a message carries. One of a known type has to be as its contract says, so that no read model stumbles
 * over it later; one of an unknown type is kept whole for the version that will know it, and told as newer until then.
 * @throws when it is not such an event, for which the bus parks it
 */
export const receivedIn = (message: Pick<IncomingMessage, 'value'>): AnyPublicEvent => {
  const event = publicEventIn(message);
  const contract = adoptionEventOf(event) ? adoptionEventSchema : directoryEventOf(event) ? directoryEventSchema : undefined;
  if (!contract) return event;
  if (event.dataschema !== schemaUriOf(event.type)) throw new NewerEventError(event.dataschema);
  contract.parse(event);
  return event;
};

/** Puts what the bus delivers into the log, within the transaction that keeps the checkpoint. */
@Controller()
export class ReceivedLog {
  constructor(private readonly tail: LogTail) {}

  @EventPattern([topics.directory.name, topics.scalingPlan.name])
  receive(@Payload() messages: readonly IncomingMessage[], @Ctx() { session }: BusContext): void {
    this.tail.append(session, appendReceived(session, messages.map(receivedIn)).added);
  }
}
