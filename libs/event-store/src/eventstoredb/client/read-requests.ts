import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';

const { ReadDirection } = streams.ReadReq.Options;

export interface ReadAllRequest {
  /** Commit position, inclusive, as the server counts it; without it from the start, or from the end backwards. */
  readonly from?: number;
  readonly backwards?: boolean;
  readonly count: number;
  /** Prefix of the names of streams; without it everything. */
  readonly prefix?: string;
}

/** How many events the server looks through at a time while none match. Older servers want it above the count. */
const searchWindow = (count: number): number => Math.max(1_000, count + 1);

const emptyRequest = (count: number, backwards: boolean): ReadReq.Options => {
  const uuids = new streams.ReadReq.Options.UUIDOption();
  uuids.setString(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setUuidOption(uuids);
  options.setCount(String(count));
  options.setReadDirection(backwards ? ReadDirection.BACKWARDS : ReadDirection.FORWARDS);
  options.setNoFilter(new shared.Empty());
  return options;
};

const requestOf = (options: ReadReq.Options): ReadReq => {
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
};

/** @param from revision, inclusive; without it from the end backwards. */
export const readStreamRequest = (
  name: string,
  { from, count, backwards = false }: { readonly from?: number; readonly count: number; readonly backwards?: boolean },
): ReadReq => {
  const stream = new streams.ReadReq.Options.StreamOptions();
  stream.setStreamIdentifier(streamIdentifier(name));
  if (from === undefined) stream.setEnd(new shared.Empty());
  else stream.setRevision(String(from));
  const options = emptyRequest(count, backwards);
  options.setStream(stream);
  return requestOf(options);
};

export const readAllRequest = ({ from, count, prefix, backwards = false }: ReadAllRequest): ReadReq => {
  const all = new streams.ReadReq.Options.AllOptions();
  if (from !== undefined) {
    const position = new streams.ReadReq.Options.Position();
    position.setCommitPosition(String(from));
    position.setPreparePosition(String(from));
    all.setPosition(position);
  } else if (backwards) {
    all.setEnd(new shared.Empty());
  } else {
    all.setStart(new shared.Empty());
  }
  const options = emptyRequest(count, backwards);
  options.setAll(all);
  if (prefix !== undefined) {
    const expression = new streams.ReadReq.Options.FilterOptions.Expression();
    expression.setPrefixList([prefix]);
    const filter = new streams.ReadReq.Options.FilterOptions();
    filter.setStreamIdentifier(expression);
    filter.setMax(searchWindow(count));
    filter.setCheckpointintervalmultiplier(1);
    options.setFilter(filter);
  }
  return requestOf(options);
};

export const streamIdentifier = (name: string): InstanceType<typeof shared.StreamIdentifier> => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Uint8Array.from(Buffer.from(name, 'utf8')));
  return identifier;
};
