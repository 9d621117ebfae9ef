import type { Assignment, LogEntry, MemberOfGroup, PartitionId, ReadLimits } from '../delivery/polled-log.js';
import { PolledLog } from '../delivery/polled-log.js';
import type { Incoming, TopicClaim } from '../event-bus.js';
import { GroupSession } from './group-session.js';
import type { KafkaClientOptions } from './kafka-client.js';
import { KafkaClient } from './kafka-client.js';
import { LogTopic } from './log-topic.js';
import { Publisher } from './publisher.js';
import { ReadAhead } from './read-ahead.js';
import { Reader } from './reader.js';
import { incomingOfRecord, recordOf } from './record.js';
import { TopicClaims } from './topic-claims.js';
import { Topics } from './topics.js';

/**
 * The log in Kafka. Publishing, reading and each member have connections of their own, since a broker answers the
 * requests of one connection in turn, and a join waits for the other members.
 */
export class KafkaLog extends PolledLog {
  override readonly dense = false;
  private readonly writing: KafkaClient;
  private readonly reading: KafkaClient;
  private readonly topics: Topics;
  private readonly publisher: Publisher;
  private readonly reader: Reader;
  private readonly logTopic: LogTopic;
  private readonly claims: TopicClaims;
  private readonly ahead = new ReadAhead();
  private readonly sessions = new Map<string, GroupSession>();

  constructor(
    private readonly options: KafkaClientOptions,
    private readonly prefix: string,
  ) {
    super();
    this.writing = new KafkaClient(options);
    this.reading = new KafkaClient(options);
    this.topics = new Topics(this.reading);
    this.publisher = new Publisher(this.writing);
    this.reader = new Reader(this.reading);
    this.logTopic = new LogTopic(this.reading, this.topics, this.publisher, this.reader, prefix);
    this.claims = new TopicClaims(this.logTopic);
  }

  id(): Promise<string> {
    return this.logTopic.id();
  }

  createTopic(topic: string, partitions: number, retentionMs: number | undefined): Promise<void> {
    // Whoever makes sure of a topic begins something: it is not to begin on what is remembered of a log that is gone.
    this.logTopic.doubt();
    return this.topics.create(this.prefix + topic, partitions, retentionMs);
  }

  override claim(topic: string, claim: TopicClaim): Promise<void> {
    return this.claims.take(topic, claim);
  }

  partitionsOf(topic: string): Promise<number | undefined> {
    return this.topics.partitionsOf(this.prefix + topic);
  }

  /**
   * Not all or none: partitions may lie on several brokers, and much at once takes several requests. None is sent after
   * one that failed, and what a request has of one partition is kept as a whole, so that no entry comes before one that
   * stands before it in its partition. A watermark says nothing of other partitions and needs no more than that.
   */
  async append(topic: string, entries: readonly LogEntry[]): Promise<undefined> {
    await this.orDoubt(this.publisher.append(this.prefix + topic, entries.map(recordOf)));
    return undefined;
  }

  ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    return this.orDoubt(this.reader.ends(partitions.map(this.prefixed)));
  }

  override starts(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    return this.reader.starts(partitions.map(this.prefixed));
  }

  async read(from: PartitionId, offset: bigint, limits: ReadLimits): Promise<readonly Incoming[]> {
    const fetch = () => this.orDoubt(this.reader.fetch(this.prefixed(from), offset));
    const records = await this.ahead.read(from, offset, limits, fetch);
    return records.map((record) => incomingOfRecord(from, record));
  }

  async heartbeat(member: MemberOfGroup, topics: readonly string[], leaseMs: number): Promise<readonly Assignment[]> {
    const session = this.sessions.get(member.memberId) ?? this.join(member, topics, leaseMs);
    const owned = await session.heartbeat();
    return owned.map((assignment) => ({ ...assignment, topic: assignment.topic.slice(this.prefix.length) }));
  }

  override handled({ memberId }: MemberOfGroup, partition: PartitionId, lastOffset: string): void {
    this.sessions.get(memberId)?.noteHandled(this.prefixed(partition), lastOffset);
  }

  override interrupt({ memberId }: MemberOfGroup): void {
    this.sessions.get(memberId)?.interrupt();
  }

  async release({ memberId }: MemberOfGroup, partitions: readonly PartitionId[]): Promise<void> {
    await this.sessions.get(memberId)?.release(partitions.map(this.prefixed));
  }

  async leave({ memberId }: MemberOfGroup): Promise<void> {
    const session = this.sessions.get(memberId);
    this.sessions.delete(memberId);
    try {
      await session?.leave();
    } finally {
      session?.close();
    }
  }

  async close(): Promise<void> {
    for (const client of [this.writing, this.reading, ...this.sessions.values()]) client.close();
    this.sessions.clear();
  }

  private join({ memberId, group }: MemberOfGroup, topics: readonly string[], leaseMs: number): GroupSession {
    const session = new GroupSession({
      client: new KafkaClient(this.options),
      group: this.prefix + group,
      topics: topics.map((topic) => this.prefix + topic),
      sessionTimeoutMs: leaseMs,
      takeFence: () => this.logTopic.takeFence(),
    });
    this.sessions.set(memberId, session);
    return session;
  }

  private async orDoubt<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      return await asked;
    } catch (error) {
      this.logTopic.doubt();
      this.ahead.forget();
      throw error;
    }
  }

  private readonly prefixed = ({ topic, partition }: PartitionId): PartitionId => ({
    topic: this.prefix + topic,
    partition,
  });
}
