import { backOff, Signal } from '../delivery/signal.js';
import type { EventBus } from '../event-bus.js';

export interface WatermarkWriterOptions {
  readonly bus: EventBus;
  readonly topic: string;
  readonly scope: string;
  /** Milliseconds between two marks. */
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes watermarks that go with no message: the newest that is due, at once after a pause, and at most one per interval
 * while the relay is busy, since a mark goes into every partition, and one per private event would outnumber the events.
 */
export class WatermarkWriter {
  private readonly signal = new Signal();
  private readonly running: Promise<void>;
  private due: string | undefined;
  private failing = false;
  /** How often what was due has gone out otherwise: a mark on its way then is not due again when it fails. */
  private unsaid = 0;
  private stopped = false;

  constructor(private readonly options: WatermarkWriterOptions) {
    this.running = this.run();
  }

  /** Everything up to the position is out. */
  say(position: string): void {
    this.due = position;
    this.signal.notify();
  }

  /** What was said has gone out with messages, or what lies beyond it: nothing is due any more, nor failing. */
  unsay(): void {
    this.due = undefined;
    this.failing = false;
    this.unsaid += 1;
  }

  /** True while the newest mark could not be written; it is tried again and again. */
  get isFailing(): boolean {
    return this.failing;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.signal.notify();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      if (this.due === undefined) {
        await this.signal.wait();
        continue;
      }
      const [position, { unsaid }] = [this.due, this];
      this.due = undefined;
      try {
        await this.options.bus.publishWatermark(this.options.topic, { scope: this.options.scope, position });
        failures = 0;
        this.failing = false;
        await this.rest(this.options.intervalMs);
      } catch (error) {
        if (unsaid === this.unsaid) {
          this.due ??= position;
          this.failing = true;
        }
        this.options.onError(error);
        await this.rest(backOff(failures, 50, 5_000));
        failures += 1;
      }
    }
  }

  private rest(milliseconds: number): Promise<void> {
    return this.signal.rest(milliseconds, () => this.stopped);
  }
}
