import type { EventStore, Position, RecordedEvent, Subscription } from '@cairn/event-store';
import type { EventBus, OutgoingMessage } from '../event-bus.js';
import { eventBusLimits } from '../event-bus.js';
import { Signal } from '../delivery/signal.js';
import { CheckpointWriter } from './checkpoint-writer.js';
import { hearOfWaiting } from './local-relays.js';
import type { RelayCheckpoint } from './relay-checkpoint.js';
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
  readonly hurryIntervalMs: number;
  /** The position is kept as published; `wentWell`: nothing is on its way that may fail by now. */
  readonly published: (upTo: Position, wentWell: boolean) => void;
  readonly failed: (error: unknown) => void;
}

const savedWithinMs = 50;
const saveHangsAfterMs = 1_000;

/** Publishes in store order from a checkpoint on, for as long as this copy of the service has the turn. */
export class RelayTurn {
  private readonly watermarks: WatermarkWriter;
  private readonly checkpoints: CheckpointWriter;
  private readonly subscription: Subscription;
  private readonly ending = new Signal();
  private readonly hearNoMore: () => void;
  private sending = false;
  private gathering = false;
  /** Up to where the log has acknowledged. */
  private out: Position | undefined;
  /** The furthest that a reader waits for, by what was told since the last batch began to gather. */
  private awaited: Position | undefined;
  private hurriedAt = -Infinity;

  constructor(
    private readonly options: RelayTurnOptions,
    from: Position | undefined,
  ) {
    const { store, bus, topic, checkpoint, batchEventsMax, watermarkIntervalMs: intervalMs, published, failed } = options;
    this.watermarks = new WatermarkWriter({ bus, topic, scope: store.scope, intervalMs, onError: failed });
    this.checkpoints = new CheckpointWriter({
      checkpoint,
      intervalMs: savedWithinMs,
      hangsAfterMs: saveHangsAfterMs,
      onSaved: (position) => published(position, !this.sending),
      onError: failed,
    });
    this.out = from;
    // The last turn may have ended between the checkpoint and its watermark.
    if (from !== undefined) this.watermarks.say(from);
    this.subscription = store.subscribe({
      from: from ?? 'start',
      batchEventsMax,
      handle: (events, readUpTo) => this.publish(events, readUpTo),
      onError: failed,
    });
    this.hearNoMore = hearOfWaiting(store.scope, (position) => this.hurryFor(position));
  }

  get owesWatermark(): boolean {
    return this.watermarks.isFailing;
  }

  /** Has its place kept once more. */
  keepPlace(): void {
    this.checkpoints.sayAgain();
  }

  /** Resolves once the batch on its way has been published or given up. */
  async stop(): Promise<void> {
    this.hearNoMore();
    this.ending.notify();
    this.checkpoints.release();
    await this.subscription.stop();
    await Promise.all([this.checkpoints.stop(), this.watermarks.stop()]);
  }

  private async publish(events: readonly RecordedEvent[], readUpTo: Position): Promise<void> {
    const { batchEventsMax, publishIntervalMs } = this.options;
    if (!(await this.checkpoints.mayGoOn())) return;
    const next = performance.now() + publishIntervalMs;
    this.sending = true;
    await this.sendOut(events, readUpTo);
    this.sending = false;
    this.out = readUpTo;
    this.checkpoints.say(readUpTo);
    if (events.length < batchEventsMax) await this.gatherUntil(next);
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
    const [left, { awaited }] = [time - performance.now(), this];
    this.awaited = undefined;
    if (left <= 0 || (awaited !== undefined && this.mayHurryFor(awaited))) return;
    this.gathering = true;
    await this.ending.wait(left);
    this.gathering = false;
  }

  /**
   * One who waits is not made to wait for what others may do next. Where many do, a batch for each would take the
   * processors from all of them: they are hurried for now and then, and else go together.
   */
  private hurryFor(position: Position): boolean {
    if (!this.gathering) this.awaited = this.awaited === undefined || this.isBehind(this.awaited, position) ? position : this.awaited;
    else if (this.mayHurryFor(position)) this.ending.notify();
    return this.isBehind(this.out, position);
  }

  private mayHurryFor(position: Position): boolean {
    const now = performance.now();
    const may = this.isBehind(this.out, position) && now - this.hurriedAt > this.options.hurryIntervalMs;
    if (may) this.hurriedAt = now;
    return may;
  }

  private isBehind(one: Position | undefined, position: Position): boolean {
    return one === undefined || this.options.store.compare(position, one) > 0;
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
