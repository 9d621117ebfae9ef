import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, RecordedEvent, Subscription } from '@cairn/event-store';
import { backOff } from '../delivery/signal.js';
import type { EventBus, OutgoingMessage } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import type { RelayCheckpoint } from './postgres-checkpoints.js';
import { WatermarkWriter } from './watermark-writer.js';

/** What a public event says beside what the relay knows: id, scope and position of the stored one. */
export type PublicMessage = Pick<OutgoingMessage, 'key' | 'headers' | 'value'>;

export interface RelayOptions {
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly topic: string;
  /** The relay makes the topic with this many partitions, unless it exists. */
  readonly partitions: number;
  /** Undefined for a private event, which the watermark passes over. */
  readonly toMessage: (event: RecordedEvent) => PublicMessage | undefined;
  readonly checkpoint: RelayCheckpoint;
  /** Default 500. */
  readonly batchEventsMax?: number;
  /** The least time between two watermarks; default 50. */
  readonly watermarkIntervalMs?: number;
  readonly onError?: (error: unknown) => void;
}

export interface RelayLag {
  readonly publishedUpTo: Position | undefined;
  readonly head: Position;
  readonly caughtUp: boolean;
  /** Age in milliseconds of the oldest event that was not looked at yet; 0 when caught up. */
  readonly behindMs: number;
}

/** Carries one store's events to a topic: the event table is the outbox, and there is no second write. */
export class Relay {
  private readonly stopped = new AbortController();
  private readonly watermarks: WatermarkWriter;
  private readonly beginning: Promise<void>;
  private subscription: Subscription | undefined;
  private position: Position | undefined;
  private failure: unknown;

  constructor(private readonly options: RelayOptions) {
    this.watermarks = new WatermarkWriter({
      bus: options.bus,
      topic: options.topic,
      scope: options.store.scope,
      intervalMs: options.watermarkIntervalMs ?? 50,
      onError: (error) => this.failed(error),
    });
    this.beginning = this.begin();
  }

  /** Everything up to here was looked at and, where public, published; undefined before the checkpoint was read. */
  get publishedUpTo(): Position | undefined {
    return this.position;
  }

  /** What went wrong last, until something goes well again. */
  get lastError(): unknown {
    return this.failure;
  }

  async lag(now: number = Date.now()): Promise<RelayLag> {
    const { store } = this.options;
    const [head, { events }] = await Promise.all([store.head(), store.readAll({ after: this.position, limit: 1 })]);
    const [oldest] = events;
    const behindMs = oldest === undefined ? 0 : Math.max(0, now - Date.parse(oldest.recordedAt));
    return { publishedUpTo: this.position, head, caughtUp: oldest === undefined, behindMs };
  }

  /** Resolves once the batch on its way has been published or given up. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.beginning;
    await this.subscription?.stop();
    await this.watermarks.stop();
  }

  private async begin(): Promise<void> {
    const { store, bus, topic, partitions, checkpoint, batchEventsMax } = this.options;
    for (let failures = 0; !this.stopped.signal.aborted; failures += 1) {
      try {
        await bus.ensureTopic(topic, { partitions });
        this.position = await checkpoint.load();
        break;
      } catch (error) {
        this.failed(error);
        await sleep(backOff(failures, 50, 5_000), undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
    if (this.stopped.signal.aborted) return;
    // The last run may have ended between the checkpoint and its watermark.
    if (this.position !== undefined) this.watermarks.say(this.position);
    this.subscription = store.subscribe({
      from: this.position ?? 'start',
      ...(batchEventsMax === undefined ? {} : { batchEventsMax }),
      handle: (events, readUpTo) => this.publish(events, readUpTo),
      onError: (error) => this.failed(error),
    });
  }

  private async publish(events: readonly RecordedEvent[], readUpTo: Position): Promise<void> {
    const { bus, topic, checkpoint } = this.options;
    const messages = events.flatMap((event) => this.outgoing(event));
    for (let at = 0; at < messages.length; at += eventBusLimits.publishMessagesMax) {
      await bus.publish(topic, messages.slice(at, at + eventBusLimits.publishMessagesMax));
    }
    await checkpoint.save(readUpTo);
    this.position = readUpTo;
    this.failure = undefined;
    const saidEverywhere = messages.at(-1)?.sourcePosition === readUpTo && (await bus.partitions(topic)) === 1;
    if (saidEverywhere) this.watermarks.unsay();
    else this.watermarks.say(readUpTo);
  }

  private outgoing(event: RecordedEvent): OutgoingMessage[] {
    const message = this.options.toMessage(event);
    if (message === undefined) return [];
    const { key, headers, value } = message;
    return [{ id: event.id, key, headers, value, scope: this.options.store.scope, sourcePosition: event.position }];
  }

  private failed(error: unknown): void {
    this.failure = error;
    this.options.onError?.(error);
  }
}

/** Starts a relay; it begins as soon as store, bus and checkpoint answer, and goes on through every failure of theirs. */
export const startRelay = (options: RelayOptions): Relay => new Relay(options);
