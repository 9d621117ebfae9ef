import { ErrorType } from '@eventstore/db-client';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { EventStoreUnavailableError } from '../../errors.js';
import type { OpenedClient } from './client-internals.js';
import { normalised, typeOf, WrongRevisionError } from './eventstoredb-errors.js';
import { readAllRequest } from './read-requests.js';

/** What a read has brought. */
export interface EventsRead {
  readonly answers: readonly ReadResp.ReadEvent[];
  /** There may be more: it was given up because it was large. */
  readonly cut: boolean;
}

/** A call on the wire that can be given up. */
interface Cancellable {
  cancel(): void;
}

/** How much longer than the deadline of the call itself its caller waits: what hangs before a call begins has none. */
const graceMs = 250;
/** How long a search may take, of a server that answers other questions meanwhile. */
const searchMsMax = 600_000;

interface Limits {
  readonly timeoutMs?: number;
  /** Gives the call up, for the reason that it brings. */
  readonly signal?: AbortSignal;
}

/**
 * The two calls that everything is made of, each with a time limit of its own. All go to the leader, so that what was
 * just acknowledged is read.
 */
export class EventStoreDbCalls {
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly searches = new Set<AbortController>();
  private closing = false;

  constructor(
    readonly opened: OpenedClient,
    private readonly callTimeoutMs: number,
  ) {}

  /**
   * What the server answers to a read, to its end. @throws StreamGoneError of `kind` missing or tombstoned,
   * EventStoreUnavailableError, EventStoreAccessDeniedError
   */
  async read(request: ReadReq): Promise<readonly ReadResp.ReadEvent[]> {
    return (await this.readWithin(request, Number.POSITIVE_INFINITY)).answers;
  }

  /** The same, given up once the events hold so much: at least two of them, so that whoever goes on behind the last gets on. */
  async readWithin(request: ReadReq, bytesMax: number, limits: Limits = {}): Promise<EventsRead> {
    const eventsMax = request.getOptions()?.hasFilter() ? Number(request.getOptions()?.getCount()) : Number.POSITIVE_INFINITY;
    const { responses, cut } = await this.call('read', (client, [metadata, options], started) => {
      const call = client.read(request, metadata, options);
      started(call);
      return new Promise<{ readonly responses: readonly ReadResp[]; readonly cut: boolean }>((resolve, reject) => {
        const responses: ReadResp[] = [];
        let bytes = 0;
        let events = 0;
        call.on('data', (response: ReadResp) => {
          responses.push(response);
          bytes += bytesOf(response);
          if (response.hasEvent()) events += 1;
          // With a filter, the server goes on behind what it was asked for, up to another match or the end of the log.
          const complete = events >= eventsMax;
          if (!complete && (bytes < bytesMax || events < 2)) return;
          resolve({ responses, cut: !complete });
          call.removeAllListeners('data');
          call.cancel();
        });
        // Also told after it was given up, when nobody looks any more.
        call.on('error', reject);
        call.on('end', () => resolve({ responses, cut: false }));
      });
    }, limits);
    if (responses.some((response) => response.hasStreamNotFound())) throw new StreamGoneError('missing');
    return { answers: responses.flatMap((response) => response.getEvent() ?? []), cut };
  }

  /**
   * A read with a filter, for which the server looks through what others wrote, however much that is, and says nothing
   * until it finds something. It is waited for as long as the server answers other questions in their time.
   */
  async search(request: ReadReq, bytesMax = Number.POSITIVE_INFINITY): Promise<EventsRead> {
    if (this.closing) throw beingClosed();
    const search = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const askLater = (): void => {
      timer = setTimeout(() => {
        this.read(readAllRequest({ backwards: true, count: 1 })).then(
          () => this.searches.has(search) && askLater(),
          (error: unknown) => search.abort(error),
        );
      }, this.callTimeoutMs);
    };
    this.searches.add(search);
    askLater();
    try {
      return await this.readWithin(request, bytesMax, { timeoutMs: searchMsMax, signal: search.signal });
    } finally {
      this.searches.delete(search);
      clearTimeout(timer);
    }
  }

  /** Gives up what is looked for, and looks for nothing any more. */
  endSearches(): void {
    this.closing = true;
    for (const search of this.searches) search.abort(beingClosed());
  }

  /**
   * Appends all or nothing. That it succeeds does not say that these events were stored: the server takes ids that it
   * knows for a repetition, whatever is in the events. @throws WrongRevisionError, StreamGoneError, and as `read`.
   */
  async append(requests: readonly AppendReq[]): Promise<void> {
    const response = await this.call('append', (client, [metadata, options], started) => {
      return new Promise<AppendResp>((resolve, reject) => {
        const call = client.append(metadata, options, (error, answer) => (error ? reject(error) : resolve(answer)));
        started(call);
        call.on('error', reject);
        for (const request of requests) call.write(request);
        call.end();
      });
    });
    if (response.hasWrongExpectedVersion()) throw new WrongRevisionError();
  }

  /** Resolves once no call is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.underWay]);
  }

  /** Gives the connection back. */
  async close(): Promise<void> {
    const { client, internals } = this.opened;
    await client.dispose();
    // `dispose` leaves the channel open. One that was never made is made here and closed at once, without connecting.
    const closing = internals.execute(services.StreamsClient, 'close', async (stub) => stub.close());
    await withinTime(closing, graceMs, () => undefined).catch(() => undefined);
  }

  private async call<Answer>(
    name: string,
    begin: (
      client: StreamsClient,
      args: ReturnType<OpenedClient['internals']['callArguments']>,
      started: (call: Cancellable) => void,
    ) => Promise<Answer>,
    { timeoutMs = this.callTimeoutMs, signal }: Limits = {},
  ): Promise<Answer> {
    const { internals } = this.opened;
    let running: Cancellable | undefined;
    const calling = internals.execute(services.StreamsClient, name, (client) => {
      const args = internals.callArguments({ deadline: timeoutMs, requiresLeader: true });
      return begin(client, args, (call) => {
        running = call;
      });
    });
    this.underWay.add(calling);
    try {
      return await withinTime(calling, timeoutMs + graceMs, () => running?.cancel(), signal);
    } catch (error) {
      const type = typeOf(error);
      if (type === ErrorType.STREAM_DELETED) throw new StreamGoneError('tombstoned');
      if (type === ErrorType.STREAM_NOT_FOUND) throw new StreamGoneError('missing');
      if (type === ErrorType.WRONG_EXPECTED_VERSION) throw new WrongRevisionError();
      throw type === ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED ? error : normalised(error);
    } finally {
      this.underWay.delete(calling);
    }
  }
}

const beingClosed = (): Error => new EventStoreUnavailableError('The event store is being closed');

const bytesOf = (response: ReadResp): number => {
  const event = response.getEvent()?.getEvent();
  return event ? event.getData_asU8().length + event.getCustomMetadata_asU8().length : 0;
};

/** There is no such stream (any more). */
export class StreamGoneError extends Error {
  override readonly name = 'StreamGoneError';
  constructor(readonly kind: 'missing' | 'tombstoned') {
    super(`The stream is ${kind}`);
  }
}

const withinTime = async <Answer>(
  work: Promise<Answer>,
  milliseconds: number,
  giveUp: () => void,
  signal?: AbortSignal,
): Promise<Answer> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const end = (reason: unknown): void => {
      giveUp();
      reject(reason);
    };
    const what = `EventStoreDB did not answer within ${milliseconds} ms`;
    timer = setTimeout(() => end(new EventStoreUnavailableError(what)), milliseconds);
    signal?.addEventListener('abort', () => end(signal.reason));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // What was given up may still fail, when nobody listens any more.
    work.catch(() => undefined);
  }
};
