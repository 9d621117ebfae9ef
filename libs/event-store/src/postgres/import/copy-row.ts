import type { ChainedEnvelope } from '../../chain-append.js';
import type { Envelope } from '../../event-copy.js';
import type { CheckedEvent } from '../../validate-append.js';
import type { BinaryWriter } from '../binary/binary-writer.js';
import { readInstant, readUuid } from '../binary/binary-values.js';
import { textBytesMax } from '../binary/binary-writer.js';
import { metaText } from '../event-row.js';

/** The columns of a row, in its order; the position comes first, since it is known last. */
export const copyColumns =
  'pos, stream_id, version, event_id, type, schema_version, data, meta, occurred_at, recorded_at, hash';

const columns = copyColumns.split(', ').length;

/** Where in a row its position stands: behind the number of columns and its own length. */
export const positionOffset = 6;

/** What a row takes beside its texts: the number of its columns, and those of a fixed length. */
const otherBytes = 2 + 12 + 12 + 20 + 6 + 12 + 12 + 36;

/** What a row takes at most. */
export const rowBytesMax = (event: ChainedEnvelope, dataText: string, meta: string): number =>
  otherBytes + textBytesMax(event.stream) + textBytesMax(event.type) + textBytesMax(dataText) + textBytesMax(meta);

/** Writes an event as a row of COPY in its binary format, at position 0. */
export const writeRow = (writer: BinaryWriter, event: ChainedEnvelope, dataText: string, meta = metaText(event)): void => {
  writer.int16(columns);
  writer.bigint(0);
  writer.text(event.stream);
  writer.bigint(event.version);
  writer.uuid(event.id);
  writer.text(event.type);
  writer.smallint(event.schemaVersion);
  writer.text(dataText);
  writer.text(meta);
  writer.instant(event.occurredAt);
  writer.instant(event.recordedAt);
  writer.hex(event.hash);
};

/** What the caller gave, read back from its row. */
export const eventOfRow = (row: Buffer): CheckedEvent => {
  const [, , , id, type, schemaVersion, data, meta, occurredAt] = valuesOf(row);
  if (!id || !type || !schemaVersion || !data || !meta || !occurredAt) throw new Error('The row was not written here');
  const members = JSON.parse(meta.toString('utf8')) as Pick<Envelope, 'actor' | 'correlationId' | 'district'>;
  const event = {
    ...members,
    id: readUuid(id),
    type: type.toString('utf8'),
    schemaVersion: schemaVersion.readInt16BE(),
    occurredAt: readInstant(occurredAt),
  };
  return { event, dataText: data.toString('utf8') };
};

const valuesOf = (row: Buffer): readonly Buffer[] => {
  const values: Buffer[] = [];
  for (let at = 2; at < row.length; ) {
    const from = at + 4;
    at = from + row.readInt32BE(at);
    values.push(row.subarray(from, at));
  }
  return values;
};
