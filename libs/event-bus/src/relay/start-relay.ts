import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position, RecordedEvent } from '@cairn/event-store';
import { backOff } from '../delivery/signal.js';
import type { EventBus, TopicClaim } from '../event-bus.js';
import { unfailing } from '../unfailing.js';
import type { RelayCheckpoint } from './relay-checkpoint.js';
import type { PublicMessage } from './relay-turn.js';
import { RelayTurn } from './relay-turn.js';

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
  /** The least time between two watermarks; default 25. */
  readonly watermarkIntervalMs?: number;
  /**
   * The least time between two batches that are not full; default 16. An event after a pause goes out at once, and one
   * that comes while others do waits for half of it on average.
   */
  readonly publishIntervalMs?: number;
  /** The least time between two batches that were not gathered for, because somebody waits; default 20. */
  readonly hurryIntervalMs?: number;
  /** How long another copy waits after this one was killed; default 2,000. */
  readonly leaseMs?: number;
  readonly onError?: (error: unknown) => void;
}

export interface RelayLag {
  readonly publishedUpTo: Position | undefined;
  readonly head: Position;
  readonly caughtUp: boolean;
  /** Age in milliseconds of the oldest event that was not looked at yet; 0 when caught up. */
  readonly behindMs: number;
}

/** A service that was told to stop has 5 s for all of its parts. */
const stoppingMs = 1_500;

/** Carries one store's events to a topic: the event table is the outbox, and there is no second write. */
export class Relay {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private readonly leaseMs: number;
  private position: Position | undefined;
  private failure: unknown;
  private turn: RelayTurn | undefined;

  constructor(private readonly options: RelayOptions) {
    this.leaseMs = options.leaseMs ?? 2_000;
    this.running = this.run();
  }

  /** Everything up to here was looked at and, where public, published; undefined while nothing is known of it. */
  get publishedUpTo(): Position | undefined {
    return this.position;
  }

  /** True while this copy of the service is the one that publishes. */
  get publishing(): boolean {
    return this.turn !== undefined;
  }

  /** What went wrong last, until something goes well again. */
  get lastError(): unknown {
    return this.failure;
  }

  /**
   * Looks at the checkpoint and the store, so that it is right in a copy that does not publish, too, and at once after a
   * `replay` that was asked for in whichever copy.
   */
  async lag(now: number = Date.now()): Promise<RelayLag> {
    const { store, checkpoint } = this.options;
    const publishedUpTo = await checkpoint.load();
    const [head, { events }] = await Promise.all([store.head(), store.readAll({ after: publishedUpTo, limit: 1 })]);
    const [oldest] = events;
    const behindMs = oldest === undefined ? 0 : Math.max(0, now - Date.parse(oldest.recordedAt));
    return { publishedUpTo, head, caughtUp: oldest === undefined, behindMs };
  }

  /**
   * Has everything published once more from the first event, by whichever copy gets the turn next: for a log that has
   * lost what was on it. Consumers know by the ids what they have; the order of each key is kept.
   */
  async replay(): Promise<void> {
    await this.options.checkpoint.restart?.(this.leaseMs);
  }

  /**
   * Resolves once the batch on its way has been published or given up, and the turn is given back; at an engine that does
   * not answer, after a second and a half: the turn runs out then, and whoever has it next publishes the batch once more.
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    const over = new AbortController();
    const late = sleep(stoppingMs, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.running, late]);
    over.abort();
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped; ) {
      try {
        if (await this.takeTurn()) await this.publishDuringTurn();
        else await this.standBy();
        failures = 0;
      } catch (error) {
        this.failed(error);
        await this.pause(backOff(failures, 50, 5_000));
        failures += 1;
      }
    }
  }

  private async publishDuringTurn(): Promise<void> {
    const { store, bus, topic, partitions, checkpoint } = this.options;
    try {
      await bus.ensureTopic(topic, { partitions });
      // Before anything is published: who is refused leaves nothing behind.
      await bus.claimTopic(topic, await this.claim());
      // The log may have been made anew since the turn was taken, and the checkpoint is one of the log before then.
      if (!(await this.takeTurn())) return;
      const from = await checkpoint.load();
      if (from !== undefined && store.compare(from, await store.head()) > 0) {
        // Waiting for the store to grow past it would leave out, in silence, all that is appended until then.
        throw new Error(`The relay has published ${store.scope} up to ${from}, which lies beyond the end of the store`);
      }
      this.position = from;
      this.turn = new RelayTurn(this.turnOptions(), from);
      await this.keepTurn();
    } finally {
      const turn = this.turn;
      this.turn = undefined;
      await turn?.stop();
      await checkpoint.endTurn?.().catch((error: unknown) => this.failed(error));
    }
  }

  private async claim(): Promise<TopicClaim> {
    const { store, checkpoint } = this.options;
    const [recordId, publisherId] = await Promise.all([store.storeId(), checkpoint.publisherId?.()]);
    return publisherId === undefined ? { recordId } : { recordId, publisherId };
  }

  private turnOptions(): ConstructorParameters<typeof RelayTurn>[0] {
    const { batchEventsMax = 500, watermarkIntervalMs = 25, publishIntervalMs = 16, hurryIntervalMs = 20 } = this.options;
    const published = (upTo: Position, wentWell: boolean): void => {
      this.position = upTo;
      if (wentWell) this.failure = undefined;
    };
    return {
      ...this.options,
      batchEventsMax,
      watermarkIntervalMs,
      publishIntervalMs,
      hurryIntervalMs,
      published,
      failed: (error) => this.failed(error),
    };
  }

  /** Resolves when the turn is lost or the relay is stopped. */
  private async keepTurn(): Promise<void> {
    let kept = true;
    while (kept && !this.stopped) {
      await this.pause(this.leaseMs / 4);
      // Without an answer it goes on: should another copy take over meanwhile, both publish the same in the same order.
      if (!this.stopped) kept = await this.takeTurn().catch((error: unknown) => this.failed(error) ?? true);
      if (kept && this.failure !== undefined) await this.forgetWhatIsPast();
    }
  }

  /** Another copy publishes: nothing that went wrong here before matters any more. */
  private async standBy(): Promise<void> {
    this.failure = undefined;
    await this.pause(this.leaseMs / 4);
  }

  /** An outage with nothing to publish after it would else be reported for ever. */
  private async forgetWhatIsPast(): Promise<void> {
    const caughtUp = await this.lag().then((lag) => lag.caughtUp, (error: unknown) => this.failed(error) ?? false);
    // What was published may not be kept: the server forgets the last place that was, when it crashes.
    if (!caughtUp) this.turn?.keepPlace();
    else if (this.turn?.owesWatermark === false) this.failure = undefined;
  }

  private async takeTurn(): Promise<boolean> {
    return (await this.options.checkpoint.takeTurn?.(this.leaseMs)) ?? true;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private failed(error: unknown): undefined {
    this.failure = error;
    unfailing(this.options.onError)(error);
    return undefined;
  }
}

/** Starts a relay. It begins as soon as store, bus and checkpoint answer, and goes on through their failures. */
export const startRelay = (options: RelayOptions): Relay => new Relay(options);
