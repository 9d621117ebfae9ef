import { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient as StreamsStub } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { CallOptions, Metadata } from '@grpc/grpc-js';

/**
 * What the client's own commands are made of; in its types it is `protected`. The adapter makes its calls with these,
 * because the commands around them cannot do what is needed: `readAll` takes no filter and no deadline, and
 * `appendToStream` goes over a stream that all clients of the process share, where the loss of one connection rejects
 * the appends of all of them and the next answer that comes ends the process
 * (kurrent-io/KurrentDB-Client-NodeJS, pull request 523). Finding the leader, reconnecting and signing in stay with
 * the client. The version is pinned, and the specs of this folder run all of it.
 */
export interface ClientInternals {
  /** Runs a call on the present channel; after an error that says so, the next one gets a new channel. */
  execute<Result>(
    stub: typeof StreamsStub,
    name: string,
    call: (client: StreamsStub) => Promise<Result>,
  ): Promise<Result>;
  callArguments(options: {
    readonly deadline: number;
    readonly requiresLeader: boolean;
  }): [Metadata, Partial<CallOptions>];
  handleError(client: StreamsStub, error: Error): Promise<void>;
}

export interface OpenedClient {
  readonly client: EventStoreDBClient;
  readonly internals: ClientInternals;
}

/** @throws Error when the text is no connection string. */
export const openClient = (connectionString: string): OpenedClient => {
  const client = EventStoreDBClient.connectionString(connectionString);
  const internals = client as unknown as ClientInternals;
  const handleError = internals.handleError;
  // The client awaits nothing of this; when the search for a leader fails meanwhile, nobody would catch it.
  internals.handleError = (stub, error) => handleError(stub, error).catch(() => undefined);
  return { client, internals };
};
