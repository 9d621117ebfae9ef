import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';

import type { Refusal } from './double-answers.js';
import {
  caughtUpAnswer,
  checkpointAnswer,
  confirmationAnswer,
  eventAnswer,
  notFoundAnswer,
  refusals,
} from './double-answers.js';
import { hiddenStream } from './double-log.js';
import type { DoubleLog, StoredEvent } from './double-log.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;

const nameOf = (options: ReadReq.Options): string =>
  Buffer.from(options.getStream()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

/** Answers of a read that ends. */
export const readAnswers = (log: DoubleLog, options: ReadReq.Options): readonly ReadResp[] | Refusal =>
  options.hasStream() ? readStream(log, options) : readAll(log, options);

const readStream = (log: DoubleLog, options: ReadReq.Options): readonly ReadResp[] | Refusal => {
  const name = nameOf(options);
  const stored = log.stream(name);
  if (stored === 'tombstoned') return refusals.deleted(name);
  if (!stored) return [notFoundAnswer(name)];
  const stream = options.getStream();
  const revision = stream?.hasRevision() ? BigInt(stream.getRevision()) : undefined;
  const count = Number(options.getCount());
  if (options.getReadDirection() === 0) {
    return stored.filter((event) => event.revision >= (revision ?? 0n)).slice(0, count).map(eventAnswer);
  }
  const last = stored.at(-1)?.revision ?? -1n;
  // The less friendly of the two ways in which servers take a revision beyond the end.
  if (revision !== undefined && revision > last) return [];
  return stored.filter((event) => event.revision <= (revision ?? last)).reverse().slice(0, count).map(eventAnswer);
};

const readAll = (log: DoubleLog, options: ReadReq.Options): readonly ReadResp[] | Refusal => {
  const all = options.getAll();
  const position = all?.hasPosition() ? Number(all.getPosition()?.getCommitPosition()) : undefined;
  if (position !== undefined && !log.events.some(({ commit }) => commit === position)) return refusals.unknownPosition();
  const count = Number(options.getCount());
  const filter = options.getFilter();
  // Older servers refuse a window that is not above the count.
  if (filter?.hasMax() && filter.getMax() <= count) return refusals.unknownPosition();
  const matching = log.events.filter((event) => matches(options, event));
  if (options.getReadDirection() === 0) {
    return answers(matching.filter(({ commit }) => commit >= (position ?? 0)), count);
  }
  const before = all?.hasEnd() ? Number.POSITIVE_INFINITY : (position ?? 0);
  return answers(matching.filter(({ commit }) => commit < before).reverse(), count);
};

/** What is hidden takes the place of one that would be answered: 23.10.0 answers nothing for the last event when that is hidden. */
const answers = (considered: readonly StoredEvent[], count: number): readonly ReadResp[] =>
  considered.slice(0, count).filter(({ stream }) => stream !== hiddenStream).map(eventAnswer);

const matches = (options: ReadReq.Options, { stream, type }: StoredEvent): boolean => {
  const filter = options.getFilter();
  if (!filter) return true;
  const [expression, value] = filter.hasEventType()
    ? [filter.getEventType(), type]
    : [filter.getStreamIdentifier(), stream];
  const regex = expression?.getRegex() ?? '';
  if (regex !== '') return new RegExp(regex, 'u').test(value);
  return expression?.getPrefixList().some((prefix) => value.startsWith(prefix)) ?? false;
};

/** Seen: catch up behind the position, say so, go on live. Positions of subscriptions are exclusive. */
export const serveSubscription = (log: DoubleLog, call: Call): void => {
  const options = call.request.getOptions();
  const all = options?.getAll();
  if (!options || !all) return void call.end();
  let next = all.hasEnd() ? log.events.length : 0;
  if (all.hasPosition()) {
    const after = Number(all.getPosition()?.getCommitPosition());
    next = log.events.filter(({ commit }) => commit <= after).length;
  }
  const filter = options.getFilter();
  const interval = (filter?.getMax() || 32) * (filter?.getCheckpointintervalmultiplier() || 1);
  let considered = 0;
  const send = (): void => {
    for (; next < log.events.length; next += 1) {
      const event = log.events[next];
      if (!event) continue;
      if (matches(options, event)) call.write(eventAnswer(event));
      considered += 1;
      if (filter && considered % interval === 0) call.write(checkpointAnswer(event.commit));
    }
  };
  call.write(confirmationAnswer());
  send();
  call.write(caughtUpAnswer());
  const stop = log.onAppended(send);
  call.on('cancelled', stop).on('close', stop);
};
