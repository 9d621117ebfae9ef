import type { QueryResultRow } from 'pg';
import type { PartitionId } from '../delivery/polled-log.js';
import type { Incoming } from '../event-bus.js';

export interface MessageRow extends QueryResultRow {
  message_offset: string;
  kind: 'event' | 'watermark';
  scope: string;
  source_position: string;
  message_id: string | null;
  key: string | null;
  headers: Record<string, string> | null;
  value: string | null;
}

const present = (value: string | null, column: string): string => {
  if (value === null) throw new Error(`A message without ${column} stands in the log`);
  return value;
};

/** A row of `bus.message` as the port hands it out. */
export const incomingOf = (from: PartitionId, row: MessageRow): Incoming => {
  const place = { topic: from.topic, partition: from.partition, offset: row.message_offset, scope: row.scope };
  if (row.kind === 'watermark') return { kind: 'watermark', ...place, position: row.source_position };
  return {
    kind: 'event',
    ...place,
    id: present(row.message_id, 'id'),
    key: present(row.key, 'key'),
    headers: row.headers ?? {},
    value: present(row.value, 'value'),
    sourcePosition: row.source_position,
  };
};
