import type { ChainedEnvelope } from '../../chain-append.js';
import type { Envelope } from '../../event-copy.js';
import type { CheckedEvent } from '../../validate-append.js';
import { byteaOf, metaText } from '../event-row.js';

/** The columns of a line, in its order; the position comes first, since it is known last. */
export const copyColumns =
  'pos, stream_id, version, event_id, type, schema_version, data, meta, occurred_at, recorded_at, hash';

/** What an event is in the text format of COPY, behind its position. */
export const copyLine = (event: ChainedEnvelope, dataText: string): string =>
  `\t${escaped(event.stream)}\t${event.version}\t${event.id}\t${escaped(event.type)}\t${event.schemaVersion}` +
  `\t${escaped(dataText)}\t${escaped(metaText(event))}\t${event.occurredAt}\t${event.recordedAt}\t\\${byteaOf(event.hash)}\n`;

/** What the caller gave, read back from its line. */
export const eventOfLine = (line: string): CheckedEvent => {
  const [, , , id = '', type = '', schemaVersion, data = '', meta = '', occurredAt = ''] = line.split('\t').map(unescaped);
  const members = JSON.parse(meta) as Pick<Envelope, 'actor' | 'correlationId' | 'district'>;
  return { event: { ...members, id, type, schemaVersion: Number(schemaVersion), occurredAt }, dataText: data };
};

/** Neither a name nor canonical JSON has a tab or the end of a line in it; a backslash they may have. */
const escaped = (text: string): string => (text.includes('\\') ? text.replaceAll('\\', '\\\\') : text);
const unescaped = (text: string): string => text.replaceAll('\\\\', '\\');
