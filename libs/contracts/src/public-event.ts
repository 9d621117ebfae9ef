import { z } from 'zod';

/** An instant as RFC 3339 in UTC with milliseconds. */
export const instantSchema = z.iso.datetime({ precision: 3 });

/** The members of the CloudEvents 1.0 envelope that every public event of Cairn carries; extension names are lower case, as the specification wants them. */
const envelope = {
  specversion: z.literal('1.0'),
  /** The id of the stored event. */
  id: z.uuid(),
  /** `/cairn/<service>` */
  source: z.string().startsWith('/cairn/'),
  /** What the event is about: the school id, else the id of the stream's subject. */
  subject: z.string().min(1),
  /** When it was true. */
  time: instantSchema,
  datacontenttype: z.literal('application/json'),
  dataschema: z.string(),
  district: z.string().min(1),
  stream: z.string().min(1),
  streamversion: z.int().min(1),
  /** Position in the store of the service that published it. */
  position: z.string().min(1),
  /** When it was learnt. */
  recordedat: instantSchema,
  actor: z.string().min(1),
  onbehalfof: z.string().min(1).optional(),
  correlationid: z.string().min(1),
  causationid: z.string().min(1).optional(),
  /** SHA-256 of the stored event within the hash chain of its stream, in hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
};

/** What an event's `dataschema` says, and its JSON Schema's `$id`: absolute, as CloudEvents wants it, and of no host, as the schema comes with the code. */
export const schemaUriOf = (type: string): string => `urn:cairn:schema:${type}`;

/** Declares version `n` of a public event: `org.cairn.<name>.v<n>`. A version is added, never edited. */
export const publicEvent = <Type extends `org.cairn.${string}.v${number}`, Data extends z.ZodType>(
  type: Type,
  data: Data,
) => z.object({ ...envelope, type: z.literal(type), data });

/** The envelope alone, for readers that keep events they do not know. */
export const anyPublicEventSchema = z.object({ ...envelope, type: z.string().startsWith('org.cairn.'), data: z.unknown() });
export type AnyPublicEvent = z.infer<typeof anyPublicEventSchema>;
