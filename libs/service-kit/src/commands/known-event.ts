import { anyPublicEventSchema, schemaUriOf } from '@cairn/contracts';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { IncomingMessage } from '@cairn/event-bus';
import { ZodError } from 'zod';

import { problemItems } from '../http/issue-words.js';

/** A public event of a type, a version or a schema that came after this version of the service. */
export class NewerEventError extends Error {
  override readonly name = 'NewerEventError';
  constructor(readonly type: string) {
    super(`${type} is newer than this version of the service; update it and replay`);
  }
}

/** A message that is no public event, or is not as its contract says; the message names each member that is wrong. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
  constructor(cause: unknown) {
    super(`It is not as its contract says: ${faultsIn(cause)}`, { cause });
  }
}

const faultsMax = 5;

/** In words for whoever mends it; the values stay out of it, since they are the districts'. */
const faultsIn = (cause: unknown): string => {
  if (!(cause instanceof ZodError)) return 'its text is no JSON';
  const faults = problemItems(cause.issues).map(({ field, detail }) => (field === undefined || field === '' ? detail : `${field}: ${detail}`));
  const more = faults.length > faultsMax ? `; and ${faults.length - faultsMax} more` : '';
  return `${faults.slice(0, faultsMax).join('; ')}${more}`;
};

const readable = <Event>(read: () => Event): Event => {
  try {
    return read();
  } catch (error) {
    throw new UnreadableEventError(error);
  }
};

/** The contract of a topic: a union of public events, told apart by their type. */
export interface EventContract<Event> {
  readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[];
  parse(event: unknown): Event;
}

/** The types that a contract knows: `org.cairn.<name>.v<n>`. */
export const typesOf = (contract: Pick<EventContract<unknown>, 'options'>): ReadonlySet<string> =>
  new Set(contract.options.map(({ shape }) => shape.type.value));

/** Made once: a schema compiles its parser when it is first used. */
const envelopeSchema = anyPublicEventSchema.loose();

/** What a message carries, held against the envelope alone: members that nobody here knows stay. @throws UnreadableEventError */
export const publicEventIn = ({ value }: Pick<IncomingMessage, 'value'>): AnyPublicEvent =>
  readable(() => envelopeSchema.parse(JSON.parse(value)));

/** Whether the event came after the types that are known here; members that were added to a known one change nothing. */
export const isNewer = ({ type, dataschema }: AnyPublicEvent, types: ReadonlySet<string>): boolean =>
  !types.has(type) || dataschema !== schemaUriOf(type);

/**
 * The event that a message carries, as its contract says; members that were added to it are passed over.
 * @throws NewerEventError for a type, version or schema that the contract does not know: it is to be parked, not passed over
 * @throws UnreadableEventError for one that is not as its contract says
 */
export const knownEvent = <Event>(contract: EventContract<Event>, message: Pick<IncomingMessage, 'value'>): Event => {
  const event = publicEventIn(message);
  if (!isNewer(event, typesOf(contract))) return readable(() => contract.parse(event));
  throw new NewerEventError(newerPart(event));
};

/** Of a known type with another schema it is the schema that is newer. */
const newerPart = ({ type, dataschema }: AnyPublicEvent): string => (dataschema === schemaUriOf(type) ? type : dataschema);
