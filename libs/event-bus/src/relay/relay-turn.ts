import type { EventStore, Position, RecordedEvent, Subscription } from '@cairn/event-store';
import type { EventBus, OutgoingMessage } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import type { RelayCheckpoint } from './relay-checkpoint.js';
import { Signal } from '../delivery/signal.js';
import { WatermarkWriter } from './watermark-writer.js';

/** What a public event says beside what the relay knows: id, scope and position of the stored one. */
export type PublicMessage = Pick<OutgoingMessage, 'key' | 'headers' | 'value'>;

export interface RelayTurnOptions {
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly topic: string;
  readonly toMessage: (event: RecordedEvent) => PublicMessage | undefined;
  readonly checkpoint: RelayCheckpoint;
  readonly batchEventsMax: number;
  readonly watermarkIntervalMs: number;
  readonly publishIntervalMs: number;
  readonly published: (upTo: Position) => void;
  readonly failed: (error: unknown) => void;
}

/** How long the checkpoint stays behind what is published, at most, beside the time that it takes to save it. */
const savedWithinMs = 8;

/** Publishes in store order from a checkpoint on, for as long as this copy of the service has the turn. */
export class RelayTurn {
  private readonly watermarks: WatermarkWriter;
  private readonly subscription: Subscription;
  private readonly stopping = new Signal();
  /** Up to where the log has acknowledged: a batch of which only the checkpoint failed does not go out again. */
  private out: Position | undefined;

  constructor(
    private readonly options: RelayTurnOptions,
    from: Position | undefined,
  ) {
    const { store, bus, topic, batchEventsMax, watermarkIntervalMs: intervalMs, failed } = options;
    this.watermarks = new WatermarkWriter({ bus, topic, scope: store.scope, intervalMs, onError: failed });
    // The last turn may have ended between the checkpoint and its watermark.
    if (from !== undefined) this.watermarks.say(from);
    this.subscription = store.subscribe({
      from: from ?? 'start',
      batchEventsMax,
      handle: (events, readUpTo) => this.publish(events, readUpTo),
      onError: failed,
    });
  }

  get owesWatermark(): boolean {
    return this.watermarks.isFailing;
  }

  /** Resolves once the batch on its way has been published or given up. */
  async stop(): Promise<void> {
    this.stopping.notify();
    await this.subscription.stop();
    await this.watermarks.stop();
  }

  private async publish(events: readonly RecordedEvent[], readUpTo: Position): Promise<void> {
    const { checkpoint, batchEventsMax, publishIntervalMs } = this.options;
    const next = performance.now() + publishIntervalMs;
    if (this.out !== readUpTo) await this.sendOut(events, readUpTo);
    this.out = readUpTo;
    const gathers = events.length < batchEventsMax;
    // Those who read what is out have the processors first. Who is killed until then publishes it once more.
    if (gathers) await this.gatherUntil(Math.min(next, performance.now() + savedWithinMs));
    await checkpoint.save(readUpTo);
    this.options.published(readUpTo);
    if (gathers) await this.gatherUntil(next);
  }

  private async sendOut(events: readonly RecordedEvent[], readUpTo: Position): Promise<void> {
    const messages = events.flatMap((event) => this.outgoing(event));
    if (messages.length > 0) {
      await this.publishWithMark(messages, readUpTo);
      this.watermarks.unsay();
    } else {
      // Beside the checkpoint and not after it: the mark says what is out, which readers wait for, and not where a next turn begins.
      this.watermarks.say(readUpTo);
    }
  }

  /**
   * What comes meanwhile goes out together. A batch costs everybody behind it much the same, whether it holds one event or
   * ten, and while many work at once, each of them waits less when the processors have less to do.
   */
  private async gatherUntil(time: number): Promise<void> {
    const left = time - performance.now();
    if (left > 0) await this.stopping.wait(left);
  }

  /** The mark goes with the last of them, so that who waits for another partition need not wait for a call of its own. */
  private async publishWithMark(messages: readonly OutgoingMessage[], position: Position): Promise<void> {
    const { bus, topic, store } = this.options;
    const { publishMessagesMax: most } = eventBusLimits;
    for (let at = 0; at < messages.length; at += most) {
      const mark = at + most < messages.length ? undefined : { scope: store.scope, position };
      await bus.publish(topic, messages.slice(at, at + most), mark);
    }
  }

  private outgoing(event: RecordedEvent): OutgoingMessage[] {
    const message = this.options.toMessage(event);
    if (message === undefined) return [];
    const { key, headers, value } = message;
    return [{ id: event.id, key, headers, value, scope: this.options.store.scope, sourcePosition: event.position }];
  }
}
