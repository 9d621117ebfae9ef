import { EventStoreUnavailableError } from '../errors.js';
import type { AppendCommand } from './append-command.js';

/** What one flush carries, and how much may wait. */
export const flushLimits = {
  commandsMax: 256,
  /** A single larger append goes alone. */
  bytesMax: 8_000_000,
  waitingCommandsMax: 10_000,
  waitingBytesMax: 128_000_000,
  /** The second is made ready while the database works on the first, and only once a whole flush waits for it. */
  underWayMax: 2,
} as const;

/**
 * Collects appends while a flush is under way and hands them over together as soon as it is done: no timer, so a
 * lone append waits for nobody. When a whole flush waits already, it is handed over at once, so that it is made ready
 * meanwhile. At most one append for each stream is under way, in the order of the calls.
 */
export class AppendQueue {
  private waiting: AppendCommand[] = [];
  private waitingBytes = 0;
  private underWay = 0;
  private readonly busy = new Set<string>();
  private scheduled = false;
  private whenIdle: (() => void)[] = [];

  /** @param flush settles or gives back (`putBack`) each command it is given; does not reject. */
  constructor(private readonly flush: (batch: readonly AppendCommand[]) => Promise<void>) {}

  /** @throws EventStoreUnavailableError when too much waits already. */
  push(command: AppendCommand): void {
    const { bytes } = command.append;
    if (
      this.waiting.length >= flushLimits.waitingCommandsMax ||
      this.waitingBytes + bytes > flushLimits.waitingBytesMax
    ) {
      throw new EventStoreUnavailableError('Too many appends wait already; this one was not stored');
    }
    this.waiting.push(command);
    this.waitingBytes += bytes;
    if (this.scheduled) return;
    this.scheduled = true;
    // Callers that append in the same turn of the event loop share the first flush.
    queueMicrotask(() => {
      this.scheduled = false;
      this.start();
    });
  }

  putBack(command: AppendCommand): void {
    this.waiting.unshift(command);
    this.waitingBytes += command.append.bytes;
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    if (this.waiting.length === 0 && this.underWay === 0) return;
    await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  private start(): void {
    while (this.isDue) {
      const batch = this.next();
      if (batch.length === 0) break;
      this.underWay += 1;
      void this.flush(batch).then(() => this.ended(batch));
    }
    if (this.waiting.length > 0 || this.underWay > 0) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  private ended(batch: readonly AppendCommand[]): void {
    this.underWay -= 1;
    for (const { append } of batch) this.busy.delete(append.stream);
    this.start();
  }

  private get isDue(): boolean {
    if (this.waiting.length === 0 || this.underWay === 0) return this.waiting.length > 0;
    const { commandsMax, bytesMax, underWayMax } = flushLimits;
    const whole = this.waiting.length >= commandsMax || this.waitingBytes >= bytesMax;
    return whole && this.underWay < underWayMax;
  }

  private next(): readonly AppendCommand[] {
    const now = performance.now();
    const passed = new Set<string>();
    const batch: AppendCommand[] = [];
    const rest: AppendCommand[] = [];
    let bytes = 0;
    for (const command of this.waiting) {
      const { append, deadlineMs } = command;
      if (deadlineMs < now) {
        this.waitingBytes -= append.bytes;
        command.fail(new EventStoreUnavailableError('The append waited too long for its turn; it was not stored'));
      } else if (
        batch.length === flushLimits.commandsMax ||
        passed.has(append.stream) ||
        this.busy.has(append.stream) ||
        (batch.length > 0 && bytes + append.bytes > flushLimits.bytesMax)
      ) {
        // What follows in the same stream must not overtake.
        passed.add(append.stream);
        rest.push(command);
      } else {
        this.busy.add(append.stream);
        bytes += append.bytes;
        batch.push(command);
      }
    }
    this.waiting = rest;
    this.waitingBytes -= bytes;
    return batch;
  }
}
