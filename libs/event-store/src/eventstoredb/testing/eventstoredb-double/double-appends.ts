import { setTimeout as delay } from 'node:timers/promises';

import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';

import type { Refusal } from './double-answers.js';
import { refusals } from './double-answers.js';
import type { AppendOutcome, DoubleLog, ExpectedRevision, ProposedEvent } from './double-log.js';

/** After this long without an answer of its own the server says that a write timed out; 2 s there. */
const commitTimeoutMs = 200;

interface Message {
  getId(): InstanceType<typeof shared.UUID> | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export const proposedOf = (message: Message): ProposedEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

export const streamNameOf = (
  options: { getStreamIdentifier(): InstanceType<typeof shared.StreamIdentifier> | undefined } | undefined,
): string => Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

const expectedOf = (options: AppendReq.Options): ExpectedRevision => {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasRevision()) return BigInt(options.getRevision());
  return options.hasStreamExists() ? 'stream-exists' : 'any';
};

/** One append over a call of its own, from the header and the messages that came. */
export const append = async (log: DoubleLog, requests: readonly AppendReq[]): Promise<AppendResp | Refusal> => {
  const options = requests[0]?.getOptions();
  if (!options) return refusals.unknownPosition();
  const events = requests.flatMap((request) => request.getProposedMessage() ?? []).map(proposedOf);
  const name = streamNameOf(options);
  const outcome = log.append(name, expectedOf(options), events);
  if (outcome.result === 'deleted') return refusals.deleted(name);
  if (outcome.result === 'too-large') return refusals.tooLarge(log.maxAppendBytes);
  if (outcome.result === 'dropped') {
    await delay(commitTimeoutMs);
    return refusals.timedOut();
  }
  if (outcome.result === 'stored') await log.indexed();
  return outcome.result === 'stored' ? stored(outcome) : wrongRevision(options, outcome);
};

const stored = ({ revision, commit }: Extract<AppendOutcome, { result: 'stored' }>): AppendResp => {
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(String(commit)).setPreparePosition(String(commit));
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(revision)).setPosition(position);
  const answer = new streams.AppendResp();
  answer.setSuccess(success);
  return answer;
};

const wrongRevision = (
  options: AppendReq.Options,
  { current }: Extract<AppendOutcome, { result: 'wrong-revision' }>,
): AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(current));
  if (options.hasRevision()) wrong.setExpectedRevision(options.getRevision());
  else wrong.setExpectedNoStream(new shared.Empty());
  const answer = new streams.AppendResp();
  answer.setWrongExpectedVersion(wrong);
  return answer;
};

/** One append of the stream of appends that the client's own command uses. */
export const batchAppend = (log: DoubleLog, requests: readonly BatchAppendReq[]): BatchAppendResp => {
  const [first] = requests;
  const options = first?.getOptions();
  const events = requests.flatMap((request) => request.getProposedMessagesList()).map(proposedOf);
  const answer = new streams.BatchAppendResp();
  answer.setCorrelationId(first?.getCorrelationId()).setStreamIdentifier(options?.getStreamIdentifier());
  let expected: ExpectedRevision = 'any';
  if (options?.hasNoStream()) expected = 'no-stream';
  else if (options?.hasStreamPosition()) expected = BigInt(options.getStreamPosition());
  const outcome = log.append(streamNameOf(options), expected, events);
  if (outcome.result === 'stored') {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(outcome.commit)).setPreparePosition(String(outcome.commit));
    const success = new streams.BatchAppendResp.Success();
    answer.setSuccess(success.setCurrentRevision(String(outcome.revision)).setPosition(position));
  } else {
    answer.setError(errorOf(log, options, outcome));
  }
  return answer;
};

const errorOf = (
  log: DoubleLog,
  options: BatchAppendReq.Options | undefined,
  outcome: Exclude<AppendOutcome, { result: 'stored' }>,
): InstanceType<typeof status.Status> => {
  const details = new anyPb.Any();
  if (outcome.result === 'wrong-revision') {
    const wrong = new shared.WrongExpectedVersion();
    if (outcome.current === undefined) wrong.setCurrentNoStream(new empty.Empty());
    else wrong.setCurrentStreamRevision(String(outcome.current));
    if (options?.hasStreamPosition()) wrong.setExpectedStreamPosition(options.getStreamPosition());
    else wrong.setExpectedNoStream(new empty.Empty());
    details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  } else if (outcome.result === 'too-large') {
    const tooLarge = new shared.MaximumAppendSizeExceeded();
    tooLarge.setMaxappendsize(log.maxAppendBytes);
    details.pack(tooLarge.serializeBinary(), 'event_store.client.MaximumAppendSizeExceeded');
  } else {
    details.pack(new shared.StreamDeleted().serializeBinary(), 'event_store.client.StreamDeleted');
  }
  return new status.Status().setDetails(details);
};
