import type { Incoming, OutgoingMessage, Watermark } from '../event-bus.js';

export interface PartitionId {
  readonly topic: string;
  readonly partition: number;
}

/** An entry on its way into a partition of a log. */
export type LogEntry =
  | ({ readonly kind: 'event'; readonly partition: number } & OutgoingMessage)
  | ({ readonly kind: 'watermark'; readonly partition: number } & Watermark);

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
 * What an engine of ours offers below the port: logs with dense offsets that are polled, and leases on partitions.
 * `PolledEventBus` makes an `EventBus` of it, so that both of our engines share one way of delivery.
 */
export abstract class PolledLog {
  /** See `EventBus.logId`. */
  abstract id(): Promise<string>;
  /** Makes the topic unless it exists. */
  abstract createTopic(topic: string, partitions: number): Promise<void>;
  /** Undefined: the topic was not made. */
  abstract partitionsOf(topic: string): Promise<number | undefined>;
  /** Appends all or none, dense per partition, in the order given. @throws InvalidMessageError for an unknown topic */
  abstract append(topic: string, entries: readonly LogEntry[]): Promise<void>;
  /** For each partition the offset that its next message will get. */
  abstract ends(partitions: readonly PartitionId[]): Promise<readonly bigint[]>;
  abstract read(from: PartitionId, offset: bigint, limits: ReadLimits): Promise<readonly Incoming[]>;
  /** Renews the lease of the member, takes what is free up to its fair share, and answers what it owns. */
  abstract heartbeat(
    member: MemberOfGroup,
    topics: readonly string[],
    leaseMs: number,
  ): Promise<readonly Assignment[]>;
  abstract release(member: MemberOfGroup, partitions: readonly PartitionId[]): Promise<void>;
  /** Gives back everything and leaves the group. */
  abstract leave(member: MemberOfGroup): Promise<void>;
  abstract close(): Promise<void>;
}
