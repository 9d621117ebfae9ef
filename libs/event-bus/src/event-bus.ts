/** A message on its way out. Messages of one key keep their order; keys are spread over the partitions of the topic. */
export interface OutgoingMessage {
  /** The id of the stored event: consumers know a second delivery by it. */
  readonly id: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, up to `eventBusLimits.messageBytesMax` in UTF-8. */
  readonly value: string;
  /** The scope whose store the event stands in, and its position there: what readers of their own writes wait for. */
  readonly scope: string;
  readonly sourcePosition: string;
}

/**
 * "Everything of `scope` up to `position` is out", of the partition that it stands in: nothing is said of others, so that
 * it need not come to all of them at one time.
 */
export interface Watermark {
  readonly scope: string;
  readonly position: string;
}

export interface IncomingMessage extends OutgoingMessage {
  readonly kind: 'event';
  readonly topic: string;
  readonly partition: number;
  /** Decimal, from 0, growing within the partition; dense where the engine is ours. */
  readonly offset: string;
}

export interface IncomingWatermark extends Watermark {
  readonly kind: 'watermark';
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

export type Incoming = IncomingMessage | IncomingWatermark;

/** What a member of a group is handed: messages of one partition, in order. */
export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Incoming[];
  /** Offset of the last message; the checkpoint to keep with the effect. */
  readonly lastOffset: string;
  /** Grows with every change of the partition's owner; a checkpoint under a lower one is refused. */
  readonly fence: number;
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** 1 to 5,000; default 500. A batch also ends once its values pass about 4 MB, so that memory stays bounded. */
  readonly batchMessagesMax?: number;
  /** The last offset whose effect is kept, asked when a partition is taken over; undefined: from the beginning. */
  readonly checkpoint: (topic: string, partition: number) => Promise<string | undefined>;
  /**
   * Keeps effect and checkpoint, in one transaction of its own. One batch of a partition at a time, and the next is
   * read when this one is done. One that throws is called again after a back-off, with what follows the checkpoint
   * asked anew.
   */
  readonly handle: (batch: IncomingBatch) => Promise<void>;
  readonly onError?: (error: unknown) => void;
  /** Gives the joining up, which waits for members that are gone: as long as a session lasts. `Consumption.stop` is for afterwards. */
  readonly signal?: AbortSignal;
}

export interface Consumption {
  /** Looks for messages at once instead of at the next poll: for a reader that waits. */
  wake(): void;
  /** Ends delivery and gives the partitions back; resolves once the handlers that run have returned. */
  stop(): Promise<void>;
}

export interface TopicOptions {
  /** 1 to 64; a topic that exists keeps the number it was made with. */
  readonly partitions: number;
  /**
   * How long messages are kept at least, in milliseconds, 1 or more; without it for ever. PostgreSQL keeps them for
   * ever in any case.
   */
  readonly retentionMs?: number;
}

/** Whose facts a topic carries. One of the two names is enough to know the publisher by: either may be made anew. */
export interface TopicClaim {
  /** `EventStore.storeId` of the record: another one when it was moved to another engine. */
  readonly recordId: string;
  /** Named where the publisher keeps its checkpoint, which stays where it is when the record is moved. */
  readonly publisherId?: string;
}

/** Limits that every adapter holds, so that a bus can move to another engine. Characters are UTF-16 code units. */
export const eventBusLimits = {
  messageBytesMax: 1_100_000,
  /** Names and values of all headers of one message, in UTF-8. */
  headersBytesMax: 16_384,
  publishMessagesMax: 1_000,
  keyCharactersMax: 400,
  /** Ids, scopes, positions, and the names of topics and groups. */
  nameCharactersMax: 200,
  partitionsMax: 64,
  batchMessagesMax: 5_000,
} as const;

/**
 * Public events on their way between services, at least once, in order per key. `eventBusContract` states it case by
 * case. Every call may throw EventBusUnavailableError.
 */
export abstract class EventBus {
  /**
   * Names the log that offsets belong to: the same for every bus of one broker, and stable. Another cluster, another
   * engine, or one that was laid out anew has another id, and a checkpoint that was kept for this one means nothing
   * there.
   */
  abstract logId(): Promise<string>;

  /** Makes the topic when it does not exist. Publishing to a topic that was not made is refused. */
  abstract ensureTopic(topic: string, options: TopicOptions): Promise<void>;

  /**
   * To be called before a record is published: takes the topic for it, unless another record has it. A log that serves
   * one installation alone, as those in memory and in PostgreSQL do, has nothing to refuse.
   * @throws TopicTakenError
   */
  async claimTopic(_topic: string, _claim: TopicClaim): Promise<void> {}

  /** Partitions of a topic. @throws InvalidMessageError when it was not made */
  abstract partitions(topic: string): Promise<number>;

  /** For each partition the offset that its next message will get: what is left to a reader is the distance to it. */
  abstract ends(topic: string): Promise<readonly string[]>;

  /** The partition that a key goes to. */
  abstract partitionOf(topic: string, key: string): Promise<number>;

  /**
   * Resolves once all messages are durable, and the mark with them. The mark comes in every partition behind the messages
   * of this call, unless the last of them there says as much, as one of that scope and position does. It is never in a
   * partition without those that go before it there, also after a failure.
   * @throws EventBusUnavailableError, @throws InvalidMessageError
   */
  abstract publish(topic: string, messages: readonly OutgoingMessage[], mark?: Watermark): Promise<void>;

  /** Writes the mark into every partition of the topic. */
  abstract publishWatermark(topic: string, mark: Watermark): Promise<void>;

  /**
   * Joins a group. Each partition has one owner in the group at a time; a new group starts at the beginning.
   * @throws InvalidMessageError for a topic that was not made, @throws EventBusUnavailableError
   */
  abstract consume(options: ConsumeOptions): Promise<Consumption>;

  abstract close(): Promise<void>;
}

/** The bus did not answer in time or is away; publish again with the same ids. */
export class EventBusUnavailableError extends Error {
  override readonly name = 'EventBusUnavailableError';
}

/** The message breaks a rule that no retry mends: too large, no key, a topic that was not made. */
export class InvalidMessageError extends Error {
  override readonly name = 'InvalidMessageError';
}

/** The topic carries the facts of another record: two that are mixed could never be told apart again. */
export class TopicTakenError extends Error {
  override readonly name = 'TopicTakenError';
}
