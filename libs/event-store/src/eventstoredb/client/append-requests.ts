import type { AppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';

import { streamIdentifier } from './read-requests.js';

/** An event as it goes to the server: both texts byte for byte as they will be kept. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly dataText: string;
  readonly metadataText: string;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'));

/** @param revision the one the stream must have; undefined: it must not exist. */
export const appendRequests = (
  name: string,
  revision: number | undefined,
  events: readonly ProposedEvent[],
): readonly AppendReq[] => {
  const options = new streams.AppendReq.Options();
  options.setStreamIdentifier(streamIdentifier(name));
  if (revision === undefined) options.setNoStream(new shared.Empty());
  else options.setRevision(String(revision));
  const header = new streams.AppendReq();
  header.setOptions(options);
  return [header, ...events.map(proposal)];
};

const proposal = ({ id, type, dataText, metadataText }: ProposedEvent): AppendReq => {
  const uuid = new shared.UUID();
  uuid.setString(id);
  const message = new streams.AppendReq.ProposedMessage();
  message.setId(uuid);
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  message.setData(bytesOf(dataText));
  message.setCustomMetadata(bytesOf(metadataText));
  const request = new streams.AppendReq();
  request.setProposedMessage(message);
  return request;
};
