import type { Json, NewEvent } from './event.js';

type Mutable<Type> = { -readonly [Member in keyof Type]: Type[Member] };

/**
 * The members of `NewEvent` and no others, those without a value left out. Written out, because a spread of a dozen
 * members costs more than the rest of an append's checks.
 */
export const copyOfEvent = (given: NewEvent, data: Json): Mutable<NewEvent> => {
  const copy: Mutable<NewEvent> = {
    id: given.id,
    type: given.type,
    schemaVersion: given.schemaVersion,
    district: given.district,
    occurredAt: given.occurredAt,
    actor: given.actor,
    correlationId: given.correlationId,
    data,
  };
  if (given.onBehalfOf !== undefined) copy.onBehalfOf = given.onBehalfOf;
  if (given.causationId !== undefined) copy.causationId = given.causationId;
  if (given.commandKey !== undefined) copy.commandKey = given.commandKey;
  if (given.commandDigest !== undefined) copy.commandDigest = given.commandDigest;
  return copy;
};
