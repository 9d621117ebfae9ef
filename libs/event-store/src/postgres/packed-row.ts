import type { RecordedEvent } from '../event.js';
import type { EventRow } from './event-row.js';
import { eventOf } from './event-row.js';

/**
 * An event as two texts, for reading many: the driver takes one text apart for less than eleven. The data stand alone,
 * so that parts of the other, which are kept with it, never keep a megabyte.
 */
export type PackedRow = [envelope: string, data: string, ...others: unknown[]];

/** U+001F, which no text of an event holds as it is: names have no control characters, and JSON writes them out. */
const separator = '\u{1F}';

/** The columns of an event `e` for a `PackedRow`, to be read as an array. Everything as in `eventColumns`. */
export const packedColumns = `concat_ws(E'\\x1F', e.pos, e.version, e.schema_version, extract(epoch FROM e.occurred_at),
  extract(epoch FROM e.recorded_at), e.event_id, e.hash, e.stream_id, e.type, e.meta) AS envelope, e.data`;

/**
 * The row as it would come unpacked. What a damaged row holds of separators moves what stands behind them, up to
 * `meta`, which is then no JSON any more; position and version stand before.
 */
const unpacked = (envelope: string, data: string): EventRow => {
  // Written out: to split costs three times as much.
  const version = envelope.indexOf(separator) + 1;
  const schemaVersion = envelope.indexOf(separator, version) + 1;
  const occurredAt = envelope.indexOf(separator, schemaVersion) + 1;
  const recordedAt = envelope.indexOf(separator, occurredAt) + 1;
  const id = envelope.indexOf(separator, recordedAt) + 1;
  const hash = envelope.indexOf(separator, id) + 1;
  const stream = envelope.indexOf(separator, hash) + 1;
  const type = envelope.indexOf(separator, stream) + 1;
  const meta = envelope.indexOf(separator, type) + 1;
  return {
    pos: envelope.slice(0, version - 1),
    version: envelope.slice(version, schemaVersion - 1),
    schema_version: envelope.slice(schemaVersion, occurredAt - 1),
    occurred_at: envelope.slice(occurredAt, recordedAt - 1),
    recorded_at: envelope.slice(recordedAt, id - 1),
    event_id: envelope.slice(id, hash - 1),
    hash: envelope.slice(hash, stream - 1),
    stream_id: envelope.slice(stream, type - 1),
    type: envelope.slice(type, meta - 1),
    meta: envelope.slice(meta),
    data,
  };
};

/** @throws DamagedEventError when the row does not hold what was once written. */
export const eventOfPacked = ([envelope, data]: PackedRow): RecordedEvent => eventOf(unpacked(envelope, data));
