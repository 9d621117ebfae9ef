import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';

import { freePort } from '@cairn/embedded-postgres';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipMessages from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Metadata } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';

import { append, batchAppend, streamNameOf } from './double-appends.js';
import type { Refusal } from './double-answers.js';
import { refusals } from './double-answers.js';
import { DoubleLog } from './double-log.js';
import { readAnswers, serveSubscription } from './double-reads.js';

/** Decides before a call is served whether it is refused, and with what. */
export type Fault = (call: 'append' | 'read' | 'subscribe', headers: Metadata) => Refusal | undefined;

/**
 * Stands in for an EventStoreDB in tests: speaks its protocol over gRPC, from the definitions that the client brings,
 * and behaves as a live 23.10 was seen to. It is a double: what only a live server can show it cannot.
 */
export class EventStoreDbDouble {
  /** Called before each call is served. */
  fault: Fault = () => undefined;
  /** Who leads, as gossip tells: itself, unless a test says otherwise. */
  leader: EventStoreDbDouble = this;
  /**
   * How long it takes to look through the log of everybody. A read with a filter ends after that, also when it has
   * brought what it was asked for: the server goes on up to another match or the end of the log.
   */
  searchMs = 0;
  /** How often the last event that fits a filter was looked for, back from the end of the log. */
  searchesBack = 0;
  /** What calls were made, in their order. */
  readonly calls: string[] = [];
  private readonly sockets = new Set<Socket>();
  private stop: () => void = () => undefined;

  private constructor(
    readonly log: DoubleLog,
    readonly port: number,
  ) {}

  static async start(log = new DoubleLog()): Promise<EventStoreDbDouble> {
    const double = new EventStoreDbDouble(log, await freePort());
    await double.restart();
    return double;
  }

  /** How many are open. */
  get connections(): number {
    return this.sockets.size;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Like kill -9: every connection ends without a word, nobody listens any more, and what was written stays. */
  kill(): void {
    this.stop();
    for (const socket of this.sockets) socket.destroy();
    this.log.forgetRecentIds();
  }

  async restart(): Promise<void> {
    // Messages of 17 MB, as the server takes them.
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(services.StreamsService, this.service());
    server.addService(features.ServerFeaturesService, {
      getSupportedMethods: (_call: unknown, done: (error: null, answer: unknown) => void) => done(null, supported()),
    });
    server.addService(gossip.GossipService, {
      read: (_call: unknown, done: (error: null, answer: unknown) => void) => done(null, clusterOf(this.leader.port)),
    });
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    // The sockets are the double's own, so that it can end them as the end of a process would.
    const listener = createServer({ noDelay: true }, (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
      injector.injectConnection(socket);
    });
    listener.listen(this.port, '127.0.0.1');
    await once(listener, 'listening');
    this.stop = () => {
      listener.close();
      injector.destroy();
    };
  }

  private service(): IStreamsServer {
    return {
      read: (call) => {
        const options = call.request.getOptions();
        const subscribes = options?.hasSubscription() ?? false;
        const refused = this.begin(subscribes ? 'subscribe' : 'read', call.metadata);
        if (refused || !options) return void call.emit('error', refused ?? refusals.unknownPosition());
        if (subscribes) return serveSubscription(this.log, call);
        if (options.hasFilter() && options.getReadDirection() === 1) this.searchesBack += 1;
        const answers = readAnswers(this.log, options);
        if ('code' in answers) return void call.emit('error', answers);
        for (const answer of answers) call.write(answer);
        if (options.hasFilter() && this.searchMs > 0) setTimeout(() => call.end(), this.searchMs).unref();
        else call.end();
      },
      append: (call, done) => {
        const refused = this.begin('append', call.metadata);
        if (refused) return done(refused);
        const requests: AppendReq[] = [];
        call.on('data', (request: AppendReq) => requests.push(request));
        call.on('end', () => {
          void append(this.log, requests).then((answer) => ('code' in answer ? done(answer) : done(null, answer)));
        });
      },
      batchAppend: (call) => {
        const refused = this.begin('append', call.metadata);
        if (refused) return void call.emit('error', refused);
        const waiting = new Map<string, BatchAppendReq[]>();
        call.on('data', (request: BatchAppendReq) => {
          const id = request.getCorrelationId()?.getString() ?? '';
          const requests = [...(waiting.get(id) ?? []), request];
          waiting.set(id, requests);
          if (!request.getIsFinal()) return;
          waiting.delete(id);
          const answer = batchAppend(this.log, requests);
          void this.log.indexed().then(() => call.write(answer));
        });
        call.on('end', () => call.end());
      },
      delete: (call, done) => {
        this.log.softDelete(streamNameOf(call.request.getOptions()));
        void this.log.indexed().then(() => done(null, new streams.DeleteResp()));
      },
      tombstone: (call, done) => {
        this.log.tombstone(streamNameOf(call.request.getOptions()));
        void this.log.indexed().then(() => done(null, new streams.TombstoneResp()));
      },
    };
  }

  private begin(call: Parameters<Fault>[0], headers: Metadata): Refusal | undefined {
    this.calls.push(call);
    return this.fault(call, headers);
  }
}

const supported = (): InstanceType<typeof featureMessages.SupportedMethods> => {
  const methods = ['append', 'batchappend', 'delete', 'read', 'tombstone'].map((name) => {
    const method = new featureMessages.SupportedMethod();
    method.setServiceName('event_store.client.streams.streams').setMethodName(name);
    return method;
  });
  return new featureMessages.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('23.10.0');
};

const clusterOf = (leaderPort: number): InstanceType<typeof gossipMessages.ClusterInfo> => {
  const place = new gossipMessages.EndPoint().setAddress('127.0.0.1').setPort(leaderPort);
  const member = new gossipMessages.MemberInfo().setTimeStamp('0').setIsAlive(true).setHttpEndPoint(place);
  member.setState(gossipMessages.MemberInfo.VNodeState.LEADER);
  return new gossipMessages.ClusterInfo().setMembersList([member]);
};
