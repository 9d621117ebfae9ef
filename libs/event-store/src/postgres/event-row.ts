import { DamagedEventError } from '../errors.js';
import type { Json, NewEvent, RecordedEvent } from '../event.js';
import type { ChainHead } from '../hash-chain.js';
import { quoted } from '../plain-json.js';
import { InstantReader } from './instant-reader.js';

/** Every value as the text that PostgreSQL sends; the adapter turns off the driver's own parsing. */
export interface EventRow {
  readonly pos: string;
  readonly stream_id: string;
  readonly version: string;
  readonly event_id: string;
  readonly type: string;
  readonly schema_version: string;
  readonly data: string;
  readonly meta: string;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly hash: string;
}

export interface HeadRow {
  readonly stream_id: string;
  readonly version: string;
  readonly head_hash: string;
  readonly recorded_at: string;
}

/** The columns of an event `e`. Times are seconds since 1970, a text that depends on no setting of the session. */
export const eventColumns = `e.pos, e.stream_id, e.version, e.event_id, e.type, e.schema_version, e.data, e.meta,
  extract(epoch FROM e.occurred_at) AS occurred_at, extract(epoch FROM e.recorded_at) AS recorded_at, e.hash`;

/** The columns of a stream `s`. */
export const headColumns = 's.stream_id, s.version, s.head_hash, extract(epoch FROM s.recorded_at) AS recorded_at';

/** In the order of RFC 8785. */
const metaMembers = [
  'actor',
  'causationId',
  'commandDigest',
  'commandKey',
  'correlationId',
  'district',
  'onBehalfOf',
] as const;

type Meta = Pick<NewEvent, (typeof metaMembers)[number]>;

/** What is kept of the envelope beside the columns, as canonical JSON. */
export const metaText = (event: Meta): string => {
  let members = '';
  for (const member of metaMembers) {
    const text = event[member];
    if (text !== undefined) members += `${members === '' ? '' : ','}"${member}":${quoted(text)}`;
  }
  return `{${members}}`;
};

/** One for each column. */
const [occurred, recorded] = [new InstantReader(), new InstantReader()];

/** @throws DamagedEventError when the row does not hold what was once written. */
export const eventOf = (row: EventRow): RecordedEvent => {
  try {
    const { actor, district, correlationId, onBehalfOf, causationId, commandKey, commandDigest } = metaOf(row.meta);
    // Written out, and what is not there added after it: a spread costs as much as all the rest.
    const event: { -readonly [Member in keyof RecordedEvent]: RecordedEvent[Member] } = {
      id: row.event_id,
      type: row.type,
      schemaVersion: Number(row.schema_version),
      district,
      occurredAt: occurred.read(row.occurred_at),
      actor,
      correlationId,
      data: JSON.parse(row.data) as Json,
      stream: row.stream_id,
      version: Number(row.version),
      position: row.pos,
      recordedAt: recorded.read(row.recorded_at),
      hash: hexOf(row.hash),
    };
    if (onBehalfOf !== undefined) event.onBehalfOf = onBehalfOf;
    if (causationId !== undefined) event.causationId = causationId;
    if (commandKey !== undefined) event.commandKey = commandKey;
    if (commandDigest !== undefined) event.commandDigest = commandDigest;
    return event;
  } catch (error) {
    throw new DamagedEventError(row.stream_id, Number(row.version), row.pos, hexOf(row.hash), String(error));
  }
};

export const chainHeadOf = (row: HeadRow): ChainHead => ({
  version: Number(row.version),
  hash: hexOf(row.head_hash),
  recordedAt: recorded.read(row.recorded_at),
});

/** The form in which PostgreSQL takes and sends bytes. */
export const byteaOf = (hex: string): string => `\\x${hex}`;
const hexOf = (bytea: string): string => bytea.slice(2);

const knownMembers: ReadonlySet<string> = new Set(metaMembers);

const metaOf = (text: string): Meta => {
  const meta = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof meta !== 'object' || meta === null) throw new Error('meta is not an object');
  for (const name in meta) {
    if (typeof meta[name] !== 'string' || !knownMembers.has(name)) {
      throw new Error(`meta has a member ${name} that nobody wrote`);
    }
  }
  const { district, actor, correlationId } = meta;
  if (district === undefined || actor === undefined || correlationId === undefined) {
    throw new Error('meta lacks a member');
  }
  return meta as unknown as Meta;
};
