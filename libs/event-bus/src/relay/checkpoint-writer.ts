import type { Position } from '@cairn/event-store';
import { backOff, Signal } from '../delivery/signal.js';
import type { RelayCheckpoint } from './relay-checkpoint.js';

export interface CheckpointWriterOptions {
  readonly checkpoint: RelayCheckpoint;
  /** Milliseconds that a position stays behind what is published, at most, beside the time that it takes to save it. */
  readonly intervalMs: number;
  /** A save that takes longer is taken for one that may never end. */
  readonly hangsAfterMs: number;
  readonly onSaved: (position: Position) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Saves how far a relay has published, behind it: who reads what is out has the processors first, and while many work at
 * once several batches share one save. A relay that is killed until then publishes them once more.
 */
export class CheckpointWriter {
  private readonly signal = new Signal();
  private readonly running: Promise<void>;
  private said: Position | undefined;
  private due: Position | undefined;
  private failing = false;
  private savingSince: number | undefined;
  private waiting: (() => void)[] = [];
  private released = false;
  private stopped = false;

  constructor(private readonly options: CheckpointWriterOptions) {
    this.running = this.run();
  }

  /** The log has acknowledged everything up to the position. */
  say(position: Position): void {
    this.said = position;
    this.due = position;
    this.signal.notify();
  }

  /** What was said last is saved once more: a server that has crashed may have forgotten it. */
  sayAgain(): void {
    if (this.said !== undefined) this.say(this.said);
  }

  /**
   * Whether more may be published: at once, unless the last save failed or does not come to an end, and else when one
   * succeeds, so that a relay that cannot keep its place, or has lost its turn, does not go far. False once it was released.
   */
  async mayGoOn(): Promise<boolean> {
    while ((this.failing || this.hangs) && !this.released) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return !this.released;
  }

  /** Nobody waits here any more. What is said is still saved. */
  release(): void {
    this.released = true;
    this.letGo();
  }

  /** Saves what is due, or tries to once. */
  async stop(): Promise<void> {
    this.release();
    this.stopped = true;
    this.signal.notify();
    await this.running;
  }

  private async run(): Promise<void> {
    const { intervalMs, onError } = this.options;
    for (let failures = 0; ; ) {
      if (this.due === undefined) {
        if (this.stopped) return;
        await this.signal.wait();
        continue;
      }
      await this.rest(failures === 0 ? intervalMs : backOff(failures - 1, 50, 5_000));
      const wasStopped = this.stopped;
      try {
        await this.save(this.due);
        failures = 0;
      } catch (error) {
        failures += 1;
        onError(error);
        if (wasStopped) return;
      }
    }
  }

  private async save(position: Position): Promise<void> {
    this.savingSince = performance.now();
    try {
      await this.options.checkpoint.save(position);
      if (this.due === position) this.due = undefined;
      this.failing = false;
      this.options.onSaved(position);
    } catch (error) {
      this.failing = true;
      throw error;
    } finally {
      this.savingSince = undefined;
      this.letGo();
    }
  }

  private get hangs(): boolean {
    return this.savingSince !== undefined && performance.now() - this.savingSince > this.options.hangsAfterMs;
  }

  private letGo(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private rest(milliseconds: number): Promise<void> {
    return this.signal.rest(milliseconds, () => this.stopped);
  }
}
