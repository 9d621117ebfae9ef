import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { Metadata, status } from '@grpc/grpc-js';

import type { StoredEvent } from './double-log.js';

/** An error as the server sends it: a status, and in the trailers what kind of exception it was. */
export interface Refusal {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

const refusal = (code: number, details: string, trailers: Readonly<Record<string, string>> = {}): Refusal => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
};

export const refusals = {
  timedOut: (): Refusal => refusal(status.ABORTED, 'Operation timed out: Commit phase timeout.'),
  accessDenied: (): Refusal => refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' }),
  /** As it was seen from a server that is down: code 14, and nothing that tells the kind. */
  rawUnavailable: (): Refusal => refusal(status.UNAVAILABLE, 'Server Is Not Ready'),
  deleted: (stream: string): Refusal =>
    refusal(status.FAILED_PRECONDITION, `Event stream '${encodeURI(stream)}' is deleted.`, {
      exception: 'stream-deleted',
      'stream-name': encodeURI(stream),
    }),
  tooLarge: (bytes: number): Refusal =>
    refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytes} Exceeded.`, {
      exception: 'maximum-append-size-exceeded',
      'maximum-append-size': String(bytes),
    }),
  notLeader: (host: string, port: number): Refusal =>
    refusal(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': host,
      'leader-endpoint-port': String(port),
    }),
  unknownPosition: (): Refusal => refusal(status.UNKNOWN, 'Unexpected ReadAllResult: Error'),
} as const;

/** .NET ticks of 100 ns since 1970. */
const ticks = (milliseconds: number): string => `${milliseconds}0000`;

export const eventAnswer = (stored: StoredEvent): ReadResp => {
  const stream = new shared.StreamIdentifier();
  stream.setStreamName(Uint8Array.from(Buffer.from(stored.stream, 'utf8')));
  const id = new shared.UUID();
  id.setString(stored.id);
  const record = new streams.ReadResp.ReadEvent.RecordedEvent();
  record.setStreamIdentifier(stream).setId(id).setStreamRevision(String(stored.revision));
  record.setCommitPosition(String(stored.commit)).setPreparePosition(String(stored.commit));
  record.setData(stored.data).setCustomMetadata(stored.metadata);
  const map = record.getMetadataMap();
  map.set('type', stored.type).set('content-type', stored.contentType).set('created', ticks(stored.created));
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(record).setCommitPosition(String(stored.commit));
  const answer = new streams.ReadResp();
  answer.setEvent(event);
  return answer;
};

export const notFoundAnswer = (name: string): ReadResp => {
  const stream = new shared.StreamIdentifier();
  stream.setStreamName(Uint8Array.from(Buffer.from(name, 'utf8')));
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(stream);
  const answer = new streams.ReadResp();
  answer.setStreamNotFound(notFound);
  return answer;
};

export const confirmationAnswer = (): ReadResp => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const answer = new streams.ReadResp();
  answer.setConfirmation(confirmation);
  return answer;
};

export const caughtUpAnswer = (): ReadResp => {
  const answer = new streams.ReadResp();
  answer.setCaughtUp(new streams.ReadResp.CaughtUp());
  return answer;
};

export const checkpointAnswer = (commit: number): ReadResp => {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(commit)).setPreparePosition(String(commit));
  const answer = new streams.ReadResp();
  answer.setCheckpoint(checkpoint);
  return answer;
};
