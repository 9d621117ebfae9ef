import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { chainStart } from '../hash-chain.js';
import { isInstant } from '../instant.js';
import type { ChainedEvent } from '../chain-append.js';
import { DamagedEventError } from '../errors.js';
import type { Json, NewEvent, RecordedEvent } from '../event.js';
import { isUuid } from '../uuid.js';
import type { ProposedEvent } from './client/append-requests.js';

/** What is kept in an event's metadata: all of the envelope that EventStoreDB has no place for. Sorted (RFC 8785). */
const texts = ['actor', 'causationId', 'commandDigest', 'commandKey', 'correlationId', 'district', 'onBehalfOf'] as const;
const required = ['actor', 'correlationId', 'district'] as const;

type Texts = Pick<NewEvent, (typeof texts)[number]>;

/** 2^64 - 1, what servers before 22.6 say instead of the position of an event that was read by its stream. */
const noPosition = '18446744073709551615';

/** @param dataText the canonical text of the data: the text that is hashed is the text that is kept. */
export const proposedEvent = (event: ChainedEvent, dataText: string): ProposedEvent => {
  const { hash, occurredAt, recordedAt, schemaVersion, version } = event;
  const members: Record<string, string | number> = { hash, occurredAt, recordedAt, schemaVersion, version };
  for (const name of texts) if (event[name] !== undefined) members[name] = event[name];
  const sorted = Object.fromEntries(Object.entries(members).sort(([left], [right]) => (left < right ? -1 : 1)));
  return { id: event.id, type: event.type, dataText, metadataText: JSON.stringify(sorted) };
};

/**
 * The event as it was written. @throws DamagedEventError for what is none of ours: another program wrote into our
 * streams, or somebody deleted one; it is named and never stepped over.
 */
export const recordedEvent = (namespace: string, read: ReadResp.ReadEvent): RecordedEvent => {
  const record = read.getEvent();
  if (!record) throw new Error('EventStoreDB answered with an event that is not there');
  const name = Buffer.from(record.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
  const stream = name.slice(namespace.length);
  const version = Number(record.getStreamRevision()) + 1;
  const position = positionOf(read);
  const type = record.getMetadataMap().get('type') ?? '';
  let hash = chainStart.hash;
  try {
    if (type === '$streamDeleted') throw new Error('the stream was tombstoned');
    const envelope = envelopeOf(record.getCustomMetadata_asU8());
    hash = envelope.hash;
    if (envelope.version !== version) throw new Error(`it was written as version ${envelope.version}`);
    const id = record.getId()?.getString();
    if (!isUuid(id)) throw new Error('it has no id');
    const data = JSON.parse(textOf(record.getData_asU8())) as Json;
    return { id, type, ...envelope, data, stream, version, position };
  } catch (error) {
    const damage = error instanceof Error ? error.message : String(error);
    throw new DamagedEventError(stream, version, position, hash, damage);
  }
};

/** Where an event stands among all: the commit position, in decimals. */
export const positionOf = (read: ReadResp.ReadEvent): string => {
  const position = read.hasCommitPosition() ? read.getCommitPosition() : (read.getEvent()?.getCommitPosition() ?? '');
  if (position === '' || position === noPosition) {
    throw new Error('This server does not tell the positions of events in a stream; EventStoreDB 22.10 or newer does');
  }
  return position;
};

type Envelope = Texts & Pick<RecordedEvent, 'schemaVersion' | 'occurredAt' | 'recordedAt' | 'hash' | 'version'>;

const envelopeOf = (metadata: Uint8Array): Envelope => {
  if (metadata.length === 0) throw new Error('it has no envelope: another program wrote it');
  const envelope: unknown = JSON.parse(textOf(metadata));
  if (!isRecord(envelope)) throw new Error('its envelope is no object');
  const { schemaVersion, occurredAt, recordedAt, hash, version, ...rest } = envelope;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new Error('its envelope has no hash');
  if (!isInstant(occurredAt) || !isInstant(recordedAt)) throw new Error('its envelope lacks an instant');
  if (!Number.isInteger(schemaVersion) || !Number.isInteger(version)) throw new Error('its envelope lacks a version');
  if (!isTexts(rest)) throw new Error('its envelope lacks a text, or has one that nobody wrote');
  return { ...rest, schemaVersion: Number(schemaVersion), occurredAt, recordedAt, hash, version: Number(version) };
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isTexts = (rest: Record<string, unknown>): rest is Record<string, unknown> & Texts =>
  Object.entries(rest).every(([name, text]) => typeof text === 'string' && texts.some((known) => known === name)) &&
  required.every((name) => name in rest);

const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
