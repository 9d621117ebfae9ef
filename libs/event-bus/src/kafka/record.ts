import type { LogEntry, PartitionId } from '../delivery/polled-log.js';
import type { Incoming } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import { binaryModeOf, contentTypeOfWhole, textOf } from './cloud-event.js';
import type { FetchedRecord, Header, OutgoingRecord } from './wire/wire-record.js';

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

const watermarkOf = (scope: string, position: string, partition: number): OutgoingRecord => ({
  partition,
  key: null,
  value: JSON.stringify({ scope, position }),
  headers: [
    ['ce_specversion', '1.0'],
    ['ce_id', `${scope}/${position}/${partition}`],
    ['ce_source', '/cairn/bus'],
    ['ce_type', watermarkType],
    ['content-type', 'application/json'],
    [ours.kind, 'watermark'],
    [ours.scope, scope],
    [ours.position, position],
  ],
});

/** The record of an entry. Its value is `data` of a CloudEvent in binary mode, else the whole text. */
export const recordOf = (entry: LogEntry): OutgoingRecord => {
  if (entry.kind === 'watermark') return watermarkOf(entry.scope, entry.position, entry.partition);
  const { partition, id, key, value, scope, sourcePosition } = entry;
  const binary = binaryModeOf(value);
  const headers: Header[] = binary === undefined ? [['content-type', contentTypeOfWhole(value)]] : [...binary.headers];
  headers.push([ours.kind, entry.kind], [ours.id, id], [ours.scope, scope], [ours.position, sourcePosition]);
  const moved: Header[] = [];
  for (const header of Object.entries(entry.headers)) (isTaken(header[0]) ? moved : headers).push(header);
  if (moved.length > 0) headers.push([ours.headers, JSON.stringify(Object.fromEntries(moved))]);
  return { partition, key, value: binary?.data ?? value, headers };
};

const plain = /^[\u0001-\u007f]*$/;

/** What others write keeps no rule of the port, and the consumer has to be able to keep it where it parks: see `checkText`. */
const kept = (text: string, charactersMax: number = eventBusLimits.nameCharactersMax): string =>
  charactersMax >= text.length && plain.test(text)
    ? text
    : text.replaceAll('\u0000', '\ufffd').slice(0, charactersMax).replaceAll(/\p{Surrogate}/gu, '\ufffd');

/** Text of others that is not cut: without a NUL, which what is parked could not be kept with. No half character comes out of UTF-8. */
const whole = (text: string): string => (text.includes('\u0000') ? text.replaceAll('\u0000', '\ufffd') : text);

/**
 * What the port hands out for a record. One that another system has put into the topic comes out as an event without
 * a place in any store: the consumer parks what it cannot apply, and its partition goes on.
 */
export const incomingOfRecord = ({ topic, partition }: PartitionId, record: FetchedRecord): Incoming => {
  const taken = new Map<string, string>();
  const own: Header[] = [];
  for (const header of record.headers) {
    if (isTaken(header[0])) taken.set(header[0], header[1]);
    else own.push([whole(header[0]), whole(header[1])]);
  }
  const place = { topic, partition, offset: record.offset };
  const scope = kept(taken.get(ours.scope) ?? 'foreign');
  const position = kept(taken.get(ours.position) ?? '0');
  if (taken.get(ours.kind) === 'watermark') return { kind: 'watermark', ...place, scope, position };
  const data = whole(record.value ?? '');
  return {
    kind: 'event',
    ...place,
    id: kept(taken.get(ours.id) ?? taken.get('ce_id') ?? `${topic}/${partition}/${record.offset}`),
    key: kept(record.key ?? `${topic}/${partition}`, eventBusLimits.keyCharactersMax),
    headers: { ...Object.fromEntries(own), ...movedOf(taken.get(ours.headers)) },
    value: taken.has('ce_specversion') ? textOf({ headers: taken, data }) : data,
    scope,
    sourcePosition: position,
  };
};

const movedOf = (json: string | undefined): Record<string, string> => {
  if (json === undefined) return {};
  try {
    const moved: unknown = JSON.parse(json);
    if (typeof moved !== 'object' || moved === null) return {};
    const texts = Object.entries(moved).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return Object.fromEntries(texts.map(([name, text]) => [kept(name, Infinity), kept(text, Infinity)]));
  } catch {
    // Ours is JSON; a record of others may bear the name, and must not hold its partition up.
    return {};
  }
};
