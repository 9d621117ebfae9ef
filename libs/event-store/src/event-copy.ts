import type { NewEvent } from './event.js';

/** An event without its data, which goes its way as the text that is hashed. */
export type Envelope = Omit<NewEvent, 'data'>;

type Mutable<Type> = { -readonly [Member in keyof Type]: Type[Member] };

/**
 * The members of an envelope and no others, those without a value left out. Written out, because a spread of a dozen
 * members costs more than the rest of an append's checks.
 */
export const copyOfEnvelope = (given: Envelope): Mutable<Envelope> => {
  const copy: Mutable<Envelope> = {
    id: given.id,
    type: given.type,
    schemaVersion: given.schemaVersion,
    district: given.district,
    occurredAt: given.occurredAt,
    actor: given.actor,
    correlationId: given.correlationId,
  };
  if (given.onBehalfOf !== undefined) copy.onBehalfOf = given.onBehalfOf;
  if (given.causationId !== undefined) copy.causationId = given.causationId;
  if (given.commandKey !== undefined) copy.commandKey = given.commandKey;
  if (given.commandDigest !== undefined) copy.commandDigest = given.commandDigest;
  return copy;
};
