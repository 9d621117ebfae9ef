import type { ConsumeOptions, Consumption, OutgoingMessage, TopicClaim, TopicOptions, Watermark } from '../event-bus.js';
import { EventBus, EventBusUnavailableError, InvalidMessageError } from '../event-bus.js';
import { checkBatchSize, checkMessages, checkName, checkTopicOptions, checkWatermark } from '../message-rules.js';
import { partitionOfKey } from '../partitioner.js';
import { unfailing } from '../unfailing.js';
import { appendedBy, entriesOf, marksBehind } from './entries.js';
import type { DeliveryTimes } from './group-member.js';
import { defaultDeliveryTimes, GroupMember } from './group-member.js';
import { hear, hearNoMore, tellMembers } from './local-members.js';
import type { FirstOffsets, LogEntry, PolledLog } from './polled-log.js';

/** An `EventBus` on top of a log that is polled. */
export class PolledEventBus extends EventBus {
  private readonly members = new Set<GroupMember>();
  /** A topic keeps the number of partitions it was made with, so it is asked once. */
  private readonly knownTopics = new Map<string, number>();
  /** Name of the log, once it is known: for what is told within this process, where nothing is lost by a wrong one. */
  private heardAs: string | undefined;
  private readonly times: DeliveryTimes;
  private closed = false;

  constructor(
    private readonly log: PolledLog,
    times: Partial<DeliveryTimes> = {},
  ) {
    super();
    this.times = { ...defaultDeliveryTimes, ...times };
  }

  async logId(): Promise<string> {
    this.checkOpen();
    return this.log.id();
  }

  async ensureTopic(topic: string, options: TopicOptions): Promise<void> {
    this.checkOpen();
    checkName('The name of a topic', topic);
    checkTopicOptions(topic, options);
    await this.log.createTopic(topic, options.partitions, options.retentionMs);
  }

  override async claimTopic(topic: string, claim: TopicClaim): Promise<void> {
    this.checkOpen();
    await this.log.claim(topic, claim);
  }

  async partitions(topic: string): Promise<number> {
    this.checkOpen();
    const known = this.knownTopics.get(topic) ?? (await this.log.partitionsOf(topic));
    if (known === undefined) throw new InvalidMessageError(`Topic ${topic} was not made`);
    this.knownTopics.set(topic, known);
    return known;
  }

  async ends(topic: string): Promise<readonly string[]> {
    const partitions = await this.partitions(topic);
    const ends = await this.log.ends(Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
    return ends.map(String);
  }

  async partitionOf(topic: string, key: string): Promise<number> {
    return partitionOfKey(key, await this.partitions(topic));
  }

  async publish(topic: string, messages: readonly OutgoingMessage[], mark?: Watermark): Promise<void> {
    checkMessages(messages);
    if (mark !== undefined) checkWatermark(mark);
    const partitions = await this.partitions(topic);
    const events = entriesOf(messages, partitions);
    const entries = mark === undefined ? events : [...events, ...marksBehind(events, mark, partitions)];
    if (entries.length > 0) await this.append(topic, entries);
  }

  async publishWatermark(topic: string, mark: Watermark): Promise<void> {
    checkWatermark(mark);
    await this.append(topic, marksBehind([], mark, await this.partitions(topic)));
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    checkName('The name of a group', options.group);
    checkBatchSize(options.batchMessagesMax ?? 1);
    if (options.topics.length === 0) throw new InvalidMessageError(`Group ${options.group} names no topic to consume`);
    for (const topic of options.topics) await this.partitions(topic);
    const heard = { ...options, onError: unfailing(options.onError) };
    const logId = await this.log.id();
    const member = new GroupMember(this.log, heard, this.times, (ended) => {
      this.members.delete(ended);
      hearNoMore(logId, ended);
    });
    const { signal } = options;
    const giveUp = (): void => void member.stop();
    signal?.addEventListener('abort', giveUp);
    try {
      if (signal?.aborted !== true) await member.start();
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
    if (signal?.aborted === true) {
      await member.stop();
      throw new EventBusUnavailableError(`Group ${options.group} was not joined: the consumer was stopped`);
    }
    hear(logId, member);
    if (this.closed) {
      await member.stop();
      this.checkOpen();
    }
    this.members.add(member);
    return member;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([...this.members].map((member) => member.stop()));
    await this.log.close();
  }

  /** Stops like a killed process, which gives nothing back: for tests of takeover. */
  async abandon(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const member of this.members) member.abandon();
    await this.log.close();
  }

  private checkOpen(): void {
    if (this.closed) throw new EventBusUnavailableError('The bus was closed');
  }

  private async append(topic: string, entries: readonly LogEntry[]): Promise<void> {
    let firsts: FirstOffsets | undefined;
    try {
      firsts = await this.log.append(topic, entries);
    } catch (error) {
      // Made anew, it may have another number of them.
      if (error instanceof InvalidMessageError) this.knownTopics.delete(topic);
      throw error;
    }
    const appended = appendedBy(topic, entries, firsts);
    if (this.heardAs !== undefined) return tellMembers(this.heardAs, appended);
    // Not waited for: what was appended is out, and as long as the log has no name its readers find it by polling.
    const told = this.log.id().then((id) => tellMembers((this.heardAs = id), appended));
    void told.catch(() => undefined);
  }
}
