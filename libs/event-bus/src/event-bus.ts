/** A message on its way out. Messages of one key keep their order; keys are spread over the partitions of the topic. */
export interface OutgoingMessage {
  /** The id of the stored event: consumers know a second delivery by it. */
  readonly id: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, up to `eventBusLimits.messageBytesMax` in UTF-8. */
  readonly value: string;
  /** Position of the event in the store of the scope that publishes. */
  readonly sourcePosition: string;
}

/** "Everything of `scope` up to `position` is out": written into every partition when there is nothing else to say there. */
export interface Watermark {
  readonly scope: string;
  readonly position: string;
}

export interface IncomingMessage extends OutgoingMessage {
  readonly kind: 'event';
  readonly topic: string;
  readonly partition: number;
  /** Dense within the partition, from 0; opaque to the consumer. */
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
  /** Default 500. */
  readonly batchMessagesMax?: number;
  /** The last offset whose effect is kept, asked when a partition is taken over; undefined: from the beginning. */
  readonly checkpoint: (topic: string, partition: number) => Promise<string | undefined>;
  /** Keeps effect and checkpoint, in one transaction of its own. One that throws gets the batch again after a back-off. */
  readonly handle: (batch: IncomingBatch) => Promise<void>;
  readonly onError?: (error: unknown) => void;
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
}

export const eventBusLimits = {
  messageBytesMax: 1_100_000,
  publishMessagesMax: 1_000,
  keyCharactersMax: 400,
  partitionsMax: 64,
} as const;

/** Public events on their way between services, at least once, in order per key. `eventBusContract` states it case by case. */
export abstract class EventBus {
  /** Makes the topic when it does not exist. Publishing to a topic that was not made is refused. */
  abstract ensureTopic(topic: string, options: TopicOptions): Promise<void>;

  /** Partitions of a topic that exists. */
  abstract partitions(topic: string): Promise<number>;

  /** The partition that a key goes to. */
  abstract partitionOf(topic: string, key: string): Promise<number>;

  /** Resolves once all messages are durable. @throws EventBusUnavailableError, @throws InvalidMessageError */
  abstract publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;

  /** Writes the mark into every partition of the topic. */
  abstract publishWatermark(topic: string, mark: Watermark): Promise<void>;

  /** Joins a group. Each partition has one owner in the group at a time. */
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
