import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { KafkaConfig, Logger } from 'kafkajs';

/**
 * What is used of kafkajs below its public consumer, as version 2.2.4 has it. Its consumer cannot keep the contract of
 * the port: it joins anew without waiting for the handlers, hides the generation of the group, holds all partitions of
 * a broker back for the slowest one, and stops or starts itself after errors. Requests and answers are its own here.
 */
export interface Cluster {
  connect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(of: { nodeId: number }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(of: { groupId: string }): Promise<Broker>;
  readonly brokerPool: {
    readonly metadata: { readonly clusterId: string | null } | null;
    findConnectedBroker(): Promise<Broker>;
  };
}

export interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
}

/** A record as kafkajs decodes it. */
export interface LegacyRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly (Buffer | null)[] | null>>;
  readonly offset: string;
  readonly timestamp: string;
  readonly isControlRecord: boolean;
}

/** What is sent: the payload stands behind the header of the request, which kafkajs writes. */
export interface RequestDefinition {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

/** How an answer is read. `clientSideThrottleTime`, in milliseconds, is heeded by kafkajs. */
export interface ResponseDefinition<Answer> {
  readonly decode: (raw: Buffer) => Promise<Answer & { readonly clientSideThrottleTime?: number }>;
  readonly parse: (answer: Answer) => Promise<Answer>;
}

/** A request of kafkajs in each version that it knows; a broker picks the newest that both know. */
export interface Definition<Of, Answer> {
  readonly protocol: (of: { version: number }) => (of: Of) => Exchange<Answer>;
}

export interface Exchange<Answer> {
  readonly request: RequestDefinition;
  readonly response: ResponseDefinition<Answer>;
}

interface OfTopic<Partition> {
  readonly topic: string;
  readonly partitions: readonly Partition[];
}

export interface GroupMemberMetadata {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly GroupMemberMetadata[];
}

interface InGeneration {
  readonly groupId: string;
  readonly memberId: string;
}

/** Each call answers or throws a `KafkaJSProtocolError` with the `type` of Kafka's error. */
export interface Broker {
  metadata(topics: readonly string[]): Promise<{
    readonly topicMetadata: readonly { topic: string; partitionMetadata: readonly PartitionMetadata[] }[];
  }>;
  createTopics(of: {
    topics: readonly {
      topic: string;
      numPartitions: number;
      replicationFactor: number;
      configEntries: readonly { name: string; value: string }[];
    }[];
    timeout: number;
  }): Promise<unknown>;
  /** @throws KafkaJSServerDoesNotSupportApiKey */
  lookupRequest<Of, Answer>(apiKey: number, definition: Definition<Of, Answer>): (of: Of) => Exchange<Answer>;
  readonly connectionPool: { send<Answer>(exchange: Exchange<Answer>): Promise<Answer> };
  initProducerId(of: { transactionTimeout: number }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>;
  listOffsets(of: {
    replicaId: -1;
    isolationLevel: 0 | 1;
    topics: readonly OfTopic<{ partition: number; timestamp: number }>[];
  }): Promise<{ readonly responses: readonly OfTopic<{ partition: number; offset: string }>[] }>;
  joinGroup(of: {
    groupId: string;
    memberId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    groupProtocols: readonly { name: string; metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(
    of: InGeneration & {
      generationId: number;
      groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
    },
  ): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(of: InGeneration & { groupGenerationId: number }): Promise<unknown>;
  leaveGroup(of: InGeneration): Promise<unknown>;
  offsetCommit(
    of: InGeneration & {
      groupGenerationId: number;
      topics: readonly OfTopic<{ partition: number; offset: string }>[];
    },
  ): Promise<unknown>;
}

export interface ClusterOptions extends KafkaConfig {
  readonly logger: Logger;
  readonly socketFactory: (options: SocketOptions) => Socket;
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: false;
}

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  readonly ssl: object | boolean | undefined;
  readonly onConnect: () => void;
}

/** The layout of Kafka's own consumer protocol, so that its tools show who owns what. */
interface AssignerProtocol {
  readonly MemberMetadata: {
    encode(of: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
    decode(from: Buffer): { readonly topics: readonly string[]; readonly userData: Buffer | null };
  };
  readonly MemberAssignment: {
    encode(of: { version: number; assignment: Record<string, readonly number[]>; userData: Buffer }): Buffer;
    decode(from: Buffer): {
      readonly assignment: Readonly<Record<string, readonly number[]>>;
      readonly userData: Buffer | null;
    } | null;
  };
}

interface FetchOf {
  readonly replicaId: -1;
  readonly isolationLevel: 0 | 1;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly OfTopic<{ partition: number; fetchOffset: string; maxBytes: number }>[];
}

interface Fetched {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly LegacyRecord[] }[] }[];
}

interface ProduceOf {
  readonly acks: -1;
  readonly timeout: number;
  readonly topicData: readonly never[];
}

interface Produced {
  readonly topics: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly baseOffset: string }[];
  }[];
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);
export const LowerCluster = require('kafkajs/src/cluster') as new (options: ClusterOptions) => Cluster;
export const assignerProtocol = require('kafkajs/src/consumer/assignerProtocol') as AssignerProtocol;
const { requests } = require('kafkajs/src/protocol/requests') as {
  requests: { Fetch: Definition<FetchOf, Fetched>; Produce: Definition<ProduceOf, Produced> };
};
const apiKeys = require('kafkajs/src/protocol/requests/apiKeys') as { Fetch: number; Produce: number };
const { createErrorFromCode } = require('kafkajs/src/protocol/error') as { createErrorFromCode: (code: number) => Error };
export const fetchDefinition = requests.Fetch;
export const fetchKey = apiKeys.Fetch;
export const produceDefinition = requests.Produce;
export const produceKey = apiKeys.Produce;
/** A `KafkaJSProtocolError` with the `type` of Kafka's error. */
export const errorOfCode = createErrorFromCode;
const { prototype: queue } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };

/*
 * kafkajs 2.2.4 looks through its queue of requests every millisecond for ever, once it has had an answer, also when
 * nothing waits in it, and asks for the timer with a negative time, of which newer versions of Node warn. A look is of
 * use only while something waits; each new request and each answer start it again.
 */
const schedule = queue.scheduleCheckPendingRequests;
queue.scheduleCheckPendingRequests = function scheduleWhileSomethingWaits(this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};
