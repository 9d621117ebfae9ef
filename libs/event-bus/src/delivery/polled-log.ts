import type { Incoming, OutgoingMessage, TopicClaim, Watermark } from '../event-bus.js';

export interface PartitionId {
  readonly topic: string;
  readonly partition: number;
}

export type EventEntry = { readonly kind: 'event'; readonly partition: number } & OutgoingMessage;

/** An entry on its way into a partition of a log. */
export type LogEntry =
  | EventEntry
  | ({ readonly kind: 'watermark'; readonly partition: number } & Watermark);

/** By partition. */
export type FirstOffsets = ReadonlyMap<number, bigint>;

export interface MemberOfGroup {
  readonly group: string;
  readonly memberId: string;
}

/** A partition that the member owns. `surplus`: another lacks it; to be given back when the handler is done. */
export interface Assignment extends PartitionId {
  readonly fence: number;
  readonly surplus: boolean;
}

export interface ReadLimits {
  readonly messagesMax: number;
  /** The batch ends with the message that passes this; so one message is always read. */
  readonly bytesMax: number;
}

/**
 * What an engine offers below the port: logs that are polled, and leases on partitions. `PolledEventBus`
 * makes an `EventBus` of it, so that all of our engines share one way of delivery.
 */
export abstract class PolledLog {
  /** See `EventBus.logId`. */
  abstract id(): Promise<string>;
  /** True where a gap between offsets means that messages were lost. */
  readonly dense: boolean = true;
  /** Makes the topic unless it exists; `retentionMs` undefined: messages are kept for ever. */
  abstract createTopic(topic: string, partitions: number, retentionMs: number | undefined): Promise<void>;
  /** See `EventBus.claimTopic`. */
  async claim(_topic: string, _claim: TopicClaim): Promise<void> {}
  /** Undefined: the topic was not made. */
  abstract partitionsOf(topic: string): Promise<number | undefined>;
  /**
   * Appends dense per partition, in the order given: an entry never without those that stand before it in its partition.
   * Answers the offset of the first entry of each partition, where the engine tells and the entries stand in a row.
   * @throws InvalidMessageError for an unknown topic, @throws EventBusUnavailableError, after which some may be there
   */
  abstract append(topic: string, entries: readonly LogEntry[]): Promise<FirstOffsets | undefined>;
  /** For each partition the offset that its next message will get. */
  abstract ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]>;
  /** For each partition the first offset that is still kept. */
  async starts(partitions: readonly PartitionId[]): Promise<readonly bigint[]> {
    return partitions.map(() => 0n);
  }
  abstract read(from: PartitionId, offset: bigint, limits: ReadLimits): Promise<readonly Incoming[]>;
  /** Renews the lease of the member, takes what is free up to its fair share, and answers what it owns. */
  abstract heartbeat(
    member: MemberOfGroup,
    topics: readonly string[],
    leaseMs: number,
  ): Promise<readonly Assignment[]>;
  /** A handler has resolved: for engines that keep a note of it for their tools. The truth is the checkpoint. */
  handled(_member: MemberOfGroup, _partition: PartitionId, _lastOffset: string): void {}
  /** Ends a heartbeat that waits for other members, since its own is on the way out. */
  interrupt(_member: MemberOfGroup): void {}
  abstract release(member: MemberOfGroup, partitions: readonly PartitionId[]): Promise<void>;
  /** Gives back everything and leaves the group. */
  abstract leave(member: MemberOfGroup): Promise<void>;
  abstract close(): Promise<void>;
}
