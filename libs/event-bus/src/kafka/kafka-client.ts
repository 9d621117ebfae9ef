import { connect, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import { backOff } from '../delivery/signal.js';
import { EventBusUnavailableError } from '../event-bus.js';
import { endsConnections, errorOfPort, hasMoved } from './kafka-errors.js';
import type { Cluster, SocketOptions } from './lower-level.js';
import { LowerCluster } from './lower-level.js';
import { withinTime } from './time-limit.js';

export interface KafkaClientOptions {
  /** `host:port` of some brokers of the cluster; the others are learnt from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: SASLOptions;
  /** The longest that one call may take before the bus counts as unavailable. */
  readonly callTimeoutMs: number;
}

/** The connections of one client at one time. They are thrown away together, so that none is ever half alive. */
class Connections {
  readonly cluster: Cluster;
  private readonly sockets = new Set<Socket>();
  private destroyed = false;

  constructor(options: KafkaClientOptions) {
    const connectionTimeout = Math.min(options.callTimeoutMs, 3_000);
    const config = {
      brokers: [...options.brokers],
      clientId: options.clientId,
      ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
      ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
      connectionTimeout,
      authenticationTimeout: connectionTimeout,
      requestTimeout: options.callTimeoutMs,
      // Callers of the port try again themselves; in here only what passes in a moment is worth a second try.
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 4 },
      socketFactory: (socket: SocketOptions) => this.open(socket),
      // What matters arrives as an error of a call; the rest of what kafkajs has to say is noise.
      logLevel: logLevel.NOTHING,
    };
    const logger = new Kafka(config).logger();
    this.cluster = new LowerCluster({ ...config, logger, metadataMaxAge: 300_000, allowAutoTopicCreation: false });
  }

  /** At once, with whatever is under way: to wait for answers here would be to wait for a frozen broker. */
  destroy(): void {
    this.destroyed = true;
    for (const socket of this.sockets) socket.destroy(givenUp());
  }

  private open({ host, port, ssl, onConnect }: SocketOptions): Socket {
    // kafkajs tries again what was given up: it must send nothing late, and open nothing that nobody would close.
    if (this.destroyed) return new Socket().destroy(givenUp());
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...named, ...(typeof ssl === 'object' ? ssl : {}) }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, 30_000);
    socket.setNoDelay(true);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // kafkajs listens for `end` alone, so that a connection that breaks without one would leave its calls waiting.
    socket.once('close', () => socket.emit('end'));
    return socket;
  }
}

const givenUp = (): Error => new Error('The connection was given up');

/** Connects when it is first used, and anew after whatever broke; every call has its time limit and an error of the port. */
export class KafkaClient {
  private connections: Connections | undefined;
  private closed = false;

  constructor(private readonly options: KafkaClientOptions) {}

  get callTimeoutMs(): number {
    return this.options.callTimeoutMs;
  }

  /** @throws EventBusUnavailableError, InvalidMessageError; `rethrow` lets errors of Kafka's protocol through as they are */
  async call<Value>(
    what: string,
    work: (cluster: Cluster) => Promise<Value>,
    { limitMs = this.options.callTimeoutMs, rethrow = (): boolean => false, again = hasMoved }: CallOptions = {},
  ): Promise<Value> {
    const until = performance.now() + limitMs;
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.tryCall(what, work, until - performance.now());
      } catch (error) {
        const pauseMs = backOff(failures, 50, 500);
        if (!this.closed && again(error) && performance.now() + pauseMs < until) await sleep(pauseMs);
        else if (rethrow(error)) throw error;
        else throw errorOfPort(what, error);
      }
    }
  }

  /** Ends what is under way; the next call connects anew. */
  interrupt(): void {
    if (this.connections !== undefined) this.giveUp(this.connections);
  }

  close(): void {
    this.closed = true;
    this.interrupt();
  }

  private async tryCall<Value>(
    what: string,
    work: (cluster: Cluster) => Promise<Value>,
    limitMs: number,
  ): Promise<Value> {
    if (this.closed) throw new EventBusUnavailableError('The bus was closed');
    this.connections ??= new Connections(this.options);
    const own = this.connections;
    const run = async (): Promise<Value> => {
      await own.cluster.connect();
      return work(own.cluster);
    };
    try {
      return await withinTime(what, run(), limitMs);
    } catch (error) {
      if (endsConnections(error)) this.giveUp(own);
      throw error;
    }
  }

  private giveUp(connections: Connections): void {
    if (this.connections === connections) this.connections = undefined;
    connections.destroy();
  }
}

export interface CallOptions {
  readonly limitMs?: number;
  readonly rethrow?: (error: unknown) => boolean;
  /** Which errors are worth another try within the time limit; without it those that another broker may answer. */
  readonly again?: (error: unknown) => boolean;
}
