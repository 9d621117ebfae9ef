import type { Message } from 'kafkajs';
import type { LogEntry, PartitionId } from '../delivery/polled-log.js';
import type { Incoming } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import { binaryModeOf, contentTypeOfWhole, textOf } from './cloud-event.js';
import type { FetchedRecord } from './lower-level.js';

/**
 * What travels beside the CloudEvent, so that a message comes out as it went in. `cairn_kind` tells events from
 * watermarks, which others pass over; `cairn_headers` holds those headers of the message whose names are taken here.
 */
const ours = {
  kind: 'cairn_kind',
  id: 'cairn_id',
  scope: 'cairn_scope',
  position: 'cairn_position',
  headers: 'cairn_headers',
} as const;

/** The type by which those who read CloudEvents tell a watermark. */
export const watermarkType = 'org.cairn.watermark.v1';

const isTaken = (name: string): boolean => /^(content-type$|ce_|cairn_)/i.test(name);

const partsOf = (headers: Readonly<Record<string, string>>, taken: boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => isTaken(name) === taken));

/** The record of an entry. Its value is `data` of a CloudEvent in binary mode, else the whole text. */
export const recordOf = (entry: LogEntry): Message => {
  const { partition, scope, kind } = entry;
  if (entry.kind === 'watermark') {
    const { position } = entry;
    const attributes = {
      ce_specversion: '1.0',
      ce_id: `${scope}/${position}/${partition}`,
      ce_source: '/cairn/bus',
      ce_type: watermarkType,
      'content-type': 'application/json',
    };
    const headers = { ...attributes, [ours.kind]: kind, [ours.scope]: scope, [ours.position]: position };
    return { partition, key: null, value: JSON.stringify({ scope, position }), headers };
  }
  const { id, key, value, sourcePosition } = entry;
  const binary = binaryModeOf(value);
  const moved = partsOf(entry.headers, true);
  return {
    partition,
    key,
    value: binary?.data ?? value,
    headers: {
      ...(binary?.headers ?? { 'content-type': contentTypeOfWhole(value) }),
      [ours.kind]: kind,
      [ours.id]: id,
      [ours.scope]: scope,
      [ours.position]: sourcePosition,
      ...(Object.keys(moved).length === 0 ? {} : { [ours.headers]: JSON.stringify(moved) }),
      ...partsOf(entry.headers, false),
    },
  };
};

const textsOf = (headers: FetchedRecord['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const last = Array.isArray(value) ? (value as readonly Buffer[]).at(-1) : (value as Buffer | null);
      return [name, last?.toString('utf8') ?? ''];
    }),
  );

/** What others write keeps no rule of the port, and the consumer has to be able to keep it where it parks: see `checkText`. */
const kept = (text: string, charactersMax: number = eventBusLimits.nameCharactersMax): string =>
  text.replaceAll('\u0000', '\ufffd').slice(0, charactersMax).replaceAll(/\p{Surrogate}/gu, '\ufffd');

/**
 * What the port hands out for a record. One that another system has put into the topic comes out as an event without
 * a place in any store: the consumer parks what it cannot apply, and its partition goes on.
 */
export const incomingOfRecord = ({ topic, partition }: PartitionId, record: FetchedRecord): Incoming => {
  const texts = textsOf(record.headers);
  const place = { topic, partition, offset: record.offset };
  const scope = kept(texts[ours.scope] ?? 'foreign');
  const position = kept(texts[ours.position] ?? '0');
  if (texts[ours.kind] === 'watermark') return { kind: 'watermark', ...place, scope, position };
  const data = record.value?.toString('utf8') ?? '';
  return {
    kind: 'event',
    ...place,
    id: kept(texts[ours.id] ?? texts['ce_id'] ?? `${topic}/${partition}/${record.offset}`),
    key: kept(record.key?.toString('utf8') ?? `${topic}/${partition}`, eventBusLimits.keyCharactersMax),
    headers: { ...partsOf(texts, false), ...movedOf(texts[ours.headers]) },
    value: 'ce_specversion' in texts ? textOf({ headers: texts, data }) : data,
    scope,
    sourcePosition: position,
  };
};

const movedOf = (json: string | undefined): Record<string, string> => {
  if (json === undefined) return {};
  try {
    const moved: unknown = JSON.parse(json);
    return typeof moved === 'object' ? { ...(moved as Record<string, string>) } : {};
  } catch {
    // Ours is JSON; a record of others may bear the name, and must not hold its partition up.
    return {};
  }
};
