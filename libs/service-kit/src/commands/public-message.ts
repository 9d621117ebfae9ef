import { schemaUriOf } from '@cairn/contracts';
import type { AnyPublicEvent } from '@cairn/contracts';
import type { PublicMessage } from '@cairn/event-bus';
import type { RecordedEvent } from '@cairn/event-store';
import type { z } from 'zod';

/** What a service says to others about one of its facts. */
export interface PublicFact {
  /** `org.cairn.<name>.v<n>` */
  readonly type: string;
  /** What it is about; also the key that keeps the order: the school id, else the id of the stream. */
  readonly subject: string;
  readonly data: unknown;
}

const scopeOf = ({ stream }: RecordedEvent): string => stream.slice(0, stream.indexOf('.'));

/** The CloudEvent of a stored fact. It has the id of the stored event; `time` is when the fact was true. */
export const publicEventOf = (stored: RecordedEvent, fact: PublicFact): AnyPublicEvent => ({
  specversion: '1.0',
  id: stored.id,
  source: `/cairn/${scopeOf(stored)}`,
  type: fact.type,
  subject: fact.subject,
  time: stored.occurredAt,
  datacontenttype: 'application/json',
  dataschema: schemaUriOf(fact.type),
  district: stored.district,
  stream: stored.stream,
  streamversion: stored.version,
  position: stored.position,
  recordedat: stored.recordedAt,
  actor: stored.actor,
  ...(stored.onBehalfOf === undefined ? {} : { onbehalfof: stored.onBehalfOf }),
  correlationid: stored.correlationId,
  ...(stored.causationId === undefined ? {} : { causationid: stored.causationId }),
  hash: stored.hash,
  data: fact.data,
});

/** The message that carries a public event. @throws when it does not fit its contract: a wrong event must not get out */
export const publicMessage = (stored: RecordedEvent, fact: PublicFact, contract: z.ZodType): PublicMessage => {
  const event = contract.parse(publicEventOf(stored, fact));
  return {
    key: fact.subject,
    headers: { 'content-type': 'application/cloudevents+json', 'ce-type': fact.type, 'cairn-district': stored.district },
    value: JSON.stringify(event),
  };
};
