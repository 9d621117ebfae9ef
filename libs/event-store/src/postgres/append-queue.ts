import { EventStoreUnavailableError } from '../errors.js';
import type { AppendCommand } from './append-command.js';

/** What one flush carries, and how much may wait. */
export const flushLimits = {
  commandsMax: 256,
  /** A single larger append goes alone. */
  bytesMax: 8_000_000,
  waitingCommandsMax: 10_000,
  waitingBytesMax: 128_000_000,
} as const;

/**
 * Collects appends while a flush is under way and hands them over together as soon as it is done: no timer, so a
 * lone append waits for nobody. At most one append for each stream goes in a flush, in the order of the calls.
 */
export class AppendQueue {
  private waiting: AppendCommand[] = [];
  private waitingBytes = 0;
  private draining: Promise<void> | undefined;

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
    this.draining ??= this.drain();
  }

  putBack(command: AppendCommand): void {
    this.waiting.unshift(command);
    this.waitingBytes += command.append.bytes;
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    await this.draining;
  }

  private async drain(): Promise<void> {
    // Callers that append in the same turn of the event loop share the first flush.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.next();
      if (batch.length > 0) await this.flush(batch);
    }
    this.draining = undefined;
  }

  private next(): readonly AppendCommand[] {
    const now = performance.now();
    const streams = new Set<string>();
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
        streams.has(append.stream) ||
        (batch.length > 0 && bytes + append.bytes > flushLimits.bytesMax)
      ) {
        // What follows in the same stream must not overtake.
        streams.add(append.stream);
        rest.push(command);
      } else {
        streams.add(append.stream);
        bytes += append.bytes;
        batch.push(command);
      }
    }
    this.waiting = rest;
    this.waitingBytes -= bytes;
    return batch;
  }
}
